/* orm-rows.h: the tables of orm-graph, and how they are built.
 *
 * A row is an object that has its number and refers to a list of its
 * attributes, as an instance in CPython to its dictionary. */
#ifndef WORKLOADS_ORM_ROWS_H
#define WORKLOADS_ORM_ROWS_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/values.h"

enum { ORM_ROW, ORM_LIST, ORM_STRING, ORM_ALLIANCE, ORM_RANK, ORM_FOUND };

#define ORM_TEAMS         6000 /* at scale 1000 */
#define ORM_EVENTS        1000 /* at scale 1000 */
#define ORM_ENTRIES       48   /* of an event */
#define ORM_MATCHES       80   /* of an event */
#define ORM_SIDES         2    /* alliances in a match */
#define ORM_ALLIANCE_SIZE 3    /* teams in an alliance */

static int64_t orm_scale = SCALE_DEFAULT;
static int64_t orm_lists = LIST_SPLIT;
static int64_t orm_string_bytes = 40;

/* The attributes of each table's rows. */
enum {
    TEAM_ENTRY,  /* the last entry of the team */
    TEAM_EVENTS, /* lazy: a list of events */
    TEAM_STRINGS,
    TEAM_ATTRIBUTES = TEAM_STRINGS + 4
};
enum {
    EVENT_ENTRIES, /* a list of entries */
    EVENT_MATCHES, /* a list of matches */
    EVENT_TEAMS,   /* lazy: a list of teams */
    EVENT_RANKING, /* lazy: a list of ranks, parsed */
    EVENT_TEXT,    /* the ranking as text */
    EVENT_STRINGS,
    EVENT_ATTRIBUTES = EVENT_STRINGS + 5
};
enum {
    ENTRY_EVENT,
    ENTRY_TEAM,
    ENTRY_NEXT, /* the team's entry before this one */
    ENTRY_ATTRIBUTES
};
enum {
    MATCH_EVENT,
    MATCH_ALLIANCES, /* lazy: two alliances, parsed */
    MATCH_WINNER,    /* lazy: one of them */
    MATCH_TEXT,      /* the alliances as text */
    MATCH_TEAMS,
    MATCH_ATTRIBUTES = MATCH_TEAMS + ORM_SIDES * ORM_ALLIANCE_SIZE
};

/* The tables. */
enum { ORM_TEAM_TABLE, ORM_EVENT_TABLE, ORM_ROOTS };
static struct root orm_roots[ORM_ROOTS];
static struct frame orm_frame;
static uint64_t orm_team_count;
static uint64_t orm_event_count;

/* A row: its attributes, and its number in its table. */
static const struct shape orm_row_shape = {ORM_ROW, 1, sizeof(uint64_t)};

static inline enum list_shape orm_shape(void)
{
    return (enum list_shape)orm_lists;
}

static inline ref orm_item(ref list, size_t index)
{
    return list_load(orm_shape(), list, index);
}

static inline ref orm_attribute(ref row, size_t attribute)
{
    retain(row);
    ref value = orm_item(ref_load(row, 0), attribute);
    release(row);
    return value;
}

static inline void orm_set_attribute(ref row, size_t attribute, ref value)
{
    list_store(orm_shape(), ref_load(row, 0), attribute, value);
}

static inline uint64_t orm_number(ref row)
{
    retain(row);
    uint64_t number = raw_load_word(row, orm_row_shape, 0);
    release(row);
    return number;
}

static inline ref orm_row(size_t table, uint64_t number)
{
    return long_list_load(orm_shape(), root_load(orm_roots[table]), number);
}

static ref orm_row_new(uint64_t number, size_t attributes)
{
    FRAME(local, 1);
    root_store(&local[0], list_new(orm_shape(), ORM_LIST, attributes));
    ref row = object_new(orm_row_shape);
    raw_store_word(row, orm_row_shape, 0, number);
    ref_init(row, 0, root_load(local[0]));
    FRAME_END(local);
    return row;
}

static void orm_add_string(struct root *row, size_t attribute, size_t times)
{
    uint64_t number = orm_number(root_load(*row));
    ref string = string_of(ORM_STRING, times * (size_t)orm_string_bytes,
                           (unsigned char)('a' + (number + attribute) % 26));
    orm_set_attribute(root_load(*row), attribute, string);
}

static ref orm_team_new(uint64_t number)
{
    FRAME(local, 1);
    root_store(&local[0], orm_row_new(number, TEAM_ATTRIBUTES));
    for (size_t i = TEAM_STRINGS; i < TEAM_ATTRIBUTES; i++) {
        orm_add_string(&local[0], i, 1);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

/* The entry of a team in an event. */
static ref orm_entry_new(const struct root *event, uint64_t number,
                         uint64_t team)
{
    ref entry = orm_row_new(number, ENTRY_ATTRIBUTES);
    ref row = orm_row(ORM_TEAM_TABLE, team);
    orm_set_attribute(entry, ENTRY_EVENT, root_load(*event));
    orm_set_attribute(entry, ENTRY_TEAM, row);
    orm_set_attribute(entry, ENTRY_NEXT, orm_attribute(row, TEAM_ENTRY));
    orm_set_attribute(row, TEAM_ENTRY, entry);
    return entry;
}

/* A match of six teams that have entries in the event. */
static ref orm_match_new(const struct root *event, uint64_t number,
                         struct random *random)
{
    FRAME(local, 1);
    root_store(&local[0], orm_row_new(number, MATCH_ATTRIBUTES));
    orm_set_attribute(root_load(local[0]), MATCH_EVENT, root_load(*event));
    ref entries = orm_attribute(root_load(*event), EVENT_ENTRIES);
    for (size_t i = MATCH_TEAMS; i < MATCH_ATTRIBUTES; i++) {
        ref entry = orm_item(entries, random_next(random) % ORM_ENTRIES);
        orm_set_attribute(root_load(local[0]), i,
                          orm_attribute(entry, ENTRY_TEAM));
    }
    orm_add_string(&local[0], MATCH_TEXT, 4);
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static ref orm_event_new(uint64_t number, struct random *random)
{
    FRAME(local, 1);
    root_store(&local[0], orm_row_new(number, EVENT_ATTRIBUTES));
    ref list = list_new(orm_shape(), ORM_LIST, ORM_ENTRIES);
    orm_set_attribute(root_load(local[0]), EVENT_ENTRIES, list);
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        ref entry = orm_entry_new(&local[0], number * ORM_ENTRIES + i,
                                  random_next(random) % orm_team_count);
        list_store(orm_shape(),
                   orm_attribute(root_load(local[0]), EVENT_ENTRIES), i, entry);
    }
    list = list_new(orm_shape(), ORM_LIST, ORM_MATCHES);
    orm_set_attribute(root_load(local[0]), EVENT_MATCHES, list);
    for (size_t i = 0; i < ORM_MATCHES; i++) {
        ref match = orm_match_new(&local[0], number * ORM_MATCHES + i, random);
        list_store(orm_shape(),
                   orm_attribute(root_load(local[0]), EVENT_MATCHES), i, match);
    }
    orm_add_string(&local[0], EVENT_TEXT, 4);
    for (size_t i = EVENT_STRINGS; i < EVENT_ATTRIBUTES; i++) {
        orm_add_string(&local[0], i, 1);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

/* Builds all tables. */
static void orm_rows_load(struct random *random)
{
    struct root *roots = orm_roots;
    orm_team_count = scaled(ORM_TEAMS, orm_scale);
    orm_event_count = scaled(ORM_EVENTS, orm_scale);
    frame_push(&orm_frame, roots, ORM_ROOTS);
    root_store(&roots[ORM_TEAM_TABLE],
               long_list_new(orm_shape(), ORM_LIST, orm_team_count));
    root_store(&roots[ORM_EVENT_TABLE],
               long_list_new(orm_shape(), ORM_LIST, orm_event_count));
    for (uint64_t i = 0; i < orm_team_count; i++) {
        ref team = orm_team_new(i);
        long_list_store(orm_shape(), root_load(roots[ORM_TEAM_TABLE]), i, team);
    }
    for (uint64_t i = 0; i < orm_event_count; i++) {
        ref event = orm_event_new(i, random);
        long_list_store(orm_shape(), root_load(roots[ORM_EVENT_TABLE]), i,
                        event);
    }
}

#endif
