/* orm-lazy.h: the attributes of orm-graph's rows that are null until they are
 * asked for.
 *
 * What makes one of them has the root of its row and returns a new object. */
#ifndef WORKLOADS_ORM_LAZY_H
#define WORKLOADS_ORM_LAZY_H

#include "workloads/orm-rows.h"

enum { ORM_LAZY_KEPT, ORM_LAZY_RECOMPUTED };

static int64_t orm_lazy = ORM_LAZY_KEPT;

/* An alliance, of its teams, and its score; a rank, of a team, and its
 * points. */
static const struct shape orm_alliance_shape = {ORM_ALLIANCE, ORM_ALLIANCE_SIZE,
                                                sizeof(uint64_t)};
static const struct shape orm_rank_shape = {ORM_RANK, 1, sizeof(uint64_t)};

/* Reads a text, as a parser does; its bytes are equal. */
static uint64_t orm_parse(ref row, size_t attribute)
{
    ref text = orm_attribute(row, attribute);
    uint64_t sum = 0;
    retain(text);
    for (size_t i = 0; i < string_length(text); i++) {
        sum += string_byte(text, i);
    }
    release(text);
    return sum;
}

/* The team of an event's i-th entry. */
static inline ref orm_entered(const struct root *event, size_t i)
{
    ref entries = orm_attribute(root_load(*event), EVENT_ENTRIES);
    return orm_attribute(orm_item(entries, i), ENTRY_TEAM);
}

static ref orm_alliances_new(const struct root *match)
{
    uint64_t score = orm_parse(root_load(*match), MATCH_TEXT);
    FRAME(local, 1);
    root_store(&local[0], list_new(orm_shape(), ORM_LIST, ORM_SIDES));
    for (size_t side = 0; side < ORM_SIDES; side++) {
        ref alliance = object_new(orm_alliance_shape);
        for (size_t i = 0; i < ORM_ALLIANCE_SIZE; i++) {
            ref team = orm_attribute(
                root_load(*match), MATCH_TEAMS + side * ORM_ALLIANCE_SIZE + i);
            ref_init(alliance, i, team);
        }
        raw_store_word(alliance, orm_alliance_shape, 0,
                       mix(score + orm_number(root_load(*match)) + side) % 100);
        list_store(orm_shape(), root_load(local[0]), side, alliance);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static ref orm_teams_new(const struct root *event)
{
    ref teams = list_new(orm_shape(), ORM_LIST, ORM_ENTRIES);
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        list_init(orm_shape(), teams, i, orm_entered(event, i));
    }
    return teams;
}

static ref orm_ranking_new(const struct root *event)
{
    uint64_t points = orm_parse(root_load(*event), EVENT_TEXT);
    FRAME(local, 1);
    root_store(&local[0], list_new(orm_shape(), ORM_LIST, ORM_ENTRIES));
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        ref rank = object_new(orm_rank_shape);
        ref_init(rank, 0, orm_entered(event, i));
        raw_store_word(rank, orm_rank_shape, 0, points / (i + 1));
        list_store(orm_shape(), root_load(local[0]), i, rank);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

/* One event for each entry of a team; null ends the list. */
static ref orm_events_new(const struct root *team)
{
    size_t count = 0;
    ref entry = orm_attribute(root_load(*team), TEAM_ENTRY);
    for (; !ref_is_null(entry); entry = orm_attribute(entry, ENTRY_NEXT)) {
        count++;
    }
    ref events = list_new(orm_shape(), ORM_LIST, count + 1);
    entry = orm_attribute(root_load(*team), TEAM_ENTRY);
    for (size_t i = 0; i < count; i++) {
        list_init(orm_shape(), events, i, orm_attribute(entry, ENTRY_EVENT));
        entry = orm_attribute(entry, ENTRY_NEXT);
    }
    return events;
}

/* The lazy attribute of a row, made at first touch or at each. */
static inline __attribute__((always_inline)) ref
orm_lazy_attribute(const struct root *row, size_t attribute,
                   ref (*make)(const struct root *row))
{
    ref value = orm_attribute(root_load(*row), attribute);
    if (ref_is_null(value)) {
        value = make(row);
        if (orm_lazy == ORM_LAZY_KEPT) {
            orm_set_attribute(root_load(*row), attribute, value);
        }
    }
    return value;
}

static inline ref orm_alliances(const struct root *match)
{
    return orm_lazy_attribute(match, MATCH_ALLIANCES, orm_alliances_new);
}

static inline uint64_t orm_score(ref alliance)
{
    retain(alliance);
    uint64_t score = raw_load_word(alliance, orm_alliance_shape, 0);
    release(alliance);
    return score;
}

/* The winner is one of the match's alliances. */
static ref orm_winner_new(const struct root *match)
{
    FRAME(local, 2);
    root_store(&local[0], orm_alliances(match));
    root_store(&local[1], orm_item(root_load(local[0]), 0));
    ref other = orm_item(root_load(local[0]), 1);
    if (orm_score(other) > orm_score(root_load(local[1]))) {
        root_store(&local[1], other);
    }
    root_store(&local[0], REF_NULL); /* which may free the alliances */
    ref result = root_take(&local[1]);
    FRAME_END(local);
    return result;
}

#endif
