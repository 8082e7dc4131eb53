/* orm-graph.h: cached rows, joins between them, lazy attributes.
 *
 * Modelled after The Blue Alliance, a site of robot competitions, and other
 * applications that keep the rows of their database in memory.  Its models
 * (the-blue-alliance: models/event.py, models/match.py) are rows with keys of
 * other rows, and with attributes that are None until they are first asked for:
 * Event.teams and .rankings, Match.alliances, parsed from text, and
 * .winning_alliance.  A process that is forked from one with all rows in memory
 * fills them in rows that it inherited.
 *
 * At scale 1000 the template has 6000 teams and 1000 events, each event 48
 * entries (of a team in an event) and 80 matches of six teams each.  A row is
 * an object with a list of its attributes, as instances are in CPython with
 * their dictionary: references to rows, lazy attributes, strings.  The pages
 * are
 *   match  a match: who plays in which alliance, and who won
 *   event  an event: its teams, its ranking, and each of its matches
 *   team   a team: its events
 * Each follows the joins from a random row, fills what lazy attributes it meets
 * at first touch (a new object that is stored into the inherited row), builds a
 * list of what it found and drops it.  With `lazy` = recomputed they are
 * computed at each touch, and nothing is stored.
 *
 * Rows are numbered from 0 in their table: entry i of event e is 48 e + i,
 * match i of it 80 e + i.  For each event in turn, loading draws 48 random
 * numbers r, one for each entry: its team is number r mod the number of teams,
 * T.  Then six numbers q for each match: its teams are those of the event's
 * entries q mod 48, the first three one alliance.  String a of a row has
 * `string-bytes` bytes 'a' + (row + a) mod 26, a being its place among the
 * attributes (orm-rows.h); a text has four times as many.  What is parsed of a
 * text is the sum s of its bytes: the score of alliance i of match m, from 0,
 * is mix(s + m + i) mod 100, the winner is the second one if that has more, and
 * the i-th rank of an event has s / (i + 1) points, rounded down.
 *
 * A request draws one random number for its page, by weights (request-mix.h),
 * and one more r for a row: team r mod T, or event r mod the number of events,
 * of which a match page takes match q mod 80 with the next number q.  A page
 * shows numbers, a row as its number times 256 plus the first byte of its name,
 * which is its first string:
 *   match  the scores of both alliances, the six teams, the winner's score
 *   event  the teams of its entries, the points of its ranks, and of each match
 *          the two scores
 *   team   the events of its entries, the last one first
 * Of these n, from the last one shown to the first, h starts as 0 and becomes
 * mix(h ^ n); the reply is mix(h ^ the request's number).
 *
 * The checksum starts as 0 and becomes mix(checksum ^ v) with each v, in order.
 * Each team: number ^ b << 56, b being the first byte of its name; 1 if its
 * list of events is null, else 0; the numbers of its entries, the last one
 * first.  Each event: number ^ b << 56; 1 or 0 for its ranking; for each of its
 * 48 teams the number ^ 1, or the number alone once it has its list of teams.
 * Each of its matches: number ^ b << 56, b of its text; 1 or 0 for its winner;
 * the numbers of its teams; and once it has its alliances, for each of the two
 * score ^ t << 32, t being its first team.
 *
 * It stresses a pointer-rich graph that is read, and stores of young objects
 * into old ones.  The application's own writes to inherited objects are the
 * lazy attributes, once each. */
#ifndef WORKLOADS_ORM_GRAPH_H
#define WORKLOADS_ORM_GRAPH_H

#include "workloads/orm-lazy.h"
#include "workloads/request-mix.h"
#include "workloads/workload.h"

enum { ORM_GRAPH_MATCH, ORM_GRAPH_EVENT, ORM_GRAPH_TEAM, ORM_GRAPH_TYPES };

static int64_t orm_graph_weights[] = {50, 20, 30};

static const struct parameter orm_graph_parameters[] = {
    SCALE_PARAMETER(&orm_scale, "6000 teams and 1000 events", "34"),
    {"lists", &orm_lists, 0, 1, "inline|split", NULL,
     "a list's items, a row's attributes, too, in its own object, or in a "
     "buffer beside it"},
    {"lazy", &orm_lazy, 0, 1, "kept|recomputed", NULL,
     "lazy attributes: stored into the row at first touch, or computed at "
     "each"},
    {"string-bytes", &orm_string_bytes, 1, 65536, NULL, "bytes",
     "length of a string; what is parsed has four times as many"},
    WEIGHT_PARAMETER("match", &orm_graph_weights[ORM_GRAPH_MATCH]),
    WEIGHT_PARAMETER("event", &orm_graph_weights[ORM_GRAPH_EVENT]),
    WEIGHT_PARAMETER("team", &orm_graph_weights[ORM_GRAPH_TEAM]),
};

/* What a page shows: the one before it, a row, and a number. */
enum { FOUND_BEFORE, FOUND_ROW, FOUND_REFERENCES };
static const struct shape orm_graph_found_shape = {ORM_FOUND, FOUND_REFERENCES,
                                                   sizeof(uint64_t)};

/* Pages.  Each has its row's root, adds to the list of what is shown, and has
 * roots of its own. */

static void orm_graph_show(struct root *shown, const struct root *row,
                           uint64_t number)
{
    ref found = object_new(orm_graph_found_shape);
    ref_init(found, FOUND_BEFORE, root_load(*shown));
    ref_init(found, FOUND_ROW, root_load(*row));
    raw_store_word(found, orm_graph_found_shape, 0, number);
    root_store(shown, found);
}

/* Shows a row by its number and the first letter of its name. */
static void orm_graph_show_row(struct root *shown, const struct root *row,
                               size_t name)
{
    ref string = orm_attribute(root_load(*row), name);
    retain(string);
    uint64_t letter = string_byte(string, 0);
    release(string);
    orm_graph_show(shown, row, orm_number(root_load(*row)) << 8 | letter);
}

static void orm_graph_show_alliances(struct root *shown,
                                     const struct root *match)
{
    FRAME(local, 2);
    root_store(&local[0], orm_alliances(match));
    for (size_t side = 0; side < ORM_SIDES; side++) {
        root_store(&local[1], orm_item(root_load(local[0]), side));
        orm_graph_show(shown, match, orm_score(root_load(local[1])));
    }
    FRAME_END(local);
}

static void orm_graph_match_page(struct root *shown, const struct root *match)
{
    FRAME(local, 1);
    orm_graph_show_alliances(shown, match);
    for (size_t i = MATCH_TEAMS; i < MATCH_ATTRIBUTES; i++) {
        root_store(&local[0], orm_attribute(root_load(*match), i));
        orm_graph_show_row(shown, &local[0], TEAM_STRINGS);
    }
    root_store(&local[0],
               orm_lazy_attribute(match, MATCH_WINNER, orm_winner_new));
    orm_graph_show(shown, match, orm_score(root_load(local[0])));
    FRAME_END(local);
}

static void orm_graph_event_page(struct root *shown, const struct root *event)
{
    FRAME(local, 2);
    root_store(&local[0],
               orm_lazy_attribute(event, EVENT_TEAMS, orm_teams_new));
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        root_store(&local[1], orm_item(root_load(local[0]), i));
        orm_graph_show_row(shown, &local[1], TEAM_STRINGS);
    }
    root_store(&local[0],
               orm_lazy_attribute(event, EVENT_RANKING, orm_ranking_new));
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        ref rank = orm_item(root_load(local[0]), i);
        retain(rank);
        uint64_t points = raw_load_word(rank, orm_rank_shape, 0);
        root_store(&local[1], ref_load(rank, 0));
        release(rank);
        orm_graph_show(shown, &local[1], points);
    }
    root_store(&local[0], orm_attribute(root_load(*event), EVENT_MATCHES));
    for (size_t i = 0; i < ORM_MATCHES; i++) {
        root_store(&local[1], orm_item(root_load(local[0]), i));
        orm_graph_show_alliances(shown, &local[1]);
    }
    FRAME_END(local);
}

static void orm_graph_team_page(struct root *shown, const struct root *team)
{
    FRAME(local, 2);
    root_store(&local[0],
               orm_lazy_attribute(team, TEAM_EVENTS, orm_events_new));
    root_store(&local[1], orm_item(root_load(local[0]), 0));
    for (size_t i = 1; !ref_is_null(root_load(local[1])); i++) {
        orm_graph_show_row(shown, &local[1], EVENT_STRINGS);
        root_store(&local[1], orm_item(root_load(local[0]), i));
    }
    FRAME_END(local);
}

/* Reads what is shown. */
static uint64_t orm_graph_reply(const struct root *shown)
{
    uint64_t total = 0;
    ref found = root_load(*shown);
    while (!ref_is_null(found)) {
        retain(found);
        total = mix(total ^ raw_load_word(found, orm_graph_found_shape, 0));
        ref before = ref_load(found, FOUND_BEFORE);
        release(found);
        found = before;
    }
    return total;
}

/* A row of an event: the event itself, or a match of it. */
static void orm_graph_pick(struct root *row, bool match, struct random *random)
{
    uint64_t number = random_next(random) % orm_event_count;
    root_store(row, orm_row(ORM_EVENT_TABLE, number));
    if (match) {
        ref matches = orm_attribute(root_load(*row), EVENT_MATCHES);
        root_store(row, orm_item(matches, random_next(random) % ORM_MATCHES));
    }
}

static const char *orm_graph_wrong(void)
{
    return request_mix_wrong(orm_graph_weights, ORM_GRAPH_TYPES);
}

static uint64_t orm_graph_request(uint64_t number, struct random *random)
{
    size_t type = request_mix_draw(orm_graph_weights, ORM_GRAPH_TYPES, random);
    FRAME(local, 2); /* the row, what is shown */
    if (type == ORM_GRAPH_TEAM) {
        uint64_t team = random_next(random) % orm_team_count;
        root_store(&local[0], orm_row(ORM_TEAM_TABLE, team));
        orm_graph_team_page(&local[1], &local[0]);
    } else {
        orm_graph_pick(&local[0], type == ORM_GRAPH_MATCH, random);
        if (type == ORM_GRAPH_MATCH) {
            orm_graph_match_page(&local[1], &local[0]);
        } else {
            orm_graph_event_page(&local[1], &local[0]);
        }
    }
    uint64_t reply = orm_graph_reply(&local[1]);
    FRAME_END(local);
    return mix(reply ^ number);
}

/* What there is of a row: its number, its name, its lazy attributes. */
static uint64_t orm_graph_check_row(ref row, size_t name, size_t lazy,
                                    uint64_t sum)
{
    sum = mix(sum ^ orm_number(row) ^
              (uint64_t)string_byte(orm_attribute(row, name), 0) << 56);
    return mix(sum ^ ref_is_null(orm_attribute(row, lazy)));
}

static uint64_t orm_graph_check_match(ref match, uint64_t sum)
{
    sum = orm_graph_check_row(match, MATCH_TEXT, MATCH_WINNER, sum);
    for (size_t i = MATCH_TEAMS; i < MATCH_ATTRIBUTES; i++) {
        sum = mix(sum ^ orm_number(orm_attribute(match, i)));
    }
    ref alliances = orm_attribute(match, MATCH_ALLIANCES);
    for (size_t i = 0; i < ORM_SIDES && !ref_is_null(alliances); i++) {
        ref alliance = orm_item(alliances, i);
        sum = mix(sum ^ orm_score(alliance) ^
                  orm_number(ref_load(alliance, 0)) << 32);
    }
    return sum;
}

static uint64_t orm_graph_check_event(ref event, uint64_t sum)
{
    sum = orm_graph_check_row(event, EVENT_STRINGS, EVENT_RANKING, sum);
    ref entries = orm_attribute(event, EVENT_ENTRIES);
    ref teams = orm_attribute(event, EVENT_TEAMS);
    for (size_t i = 0; i < ORM_ENTRIES; i++) {
        ref team = ref_is_null(teams)
                       ? orm_attribute(orm_item(entries, i), ENTRY_TEAM)
                       : orm_item(teams, i);
        sum = mix(sum ^ orm_number(team) ^ ref_is_null(teams));
    }
    ref matches = orm_attribute(event, EVENT_MATCHES);
    for (size_t i = 0; i < ORM_MATCHES; i++) {
        sum = orm_graph_check_match(orm_item(matches, i), sum);
    }
    return sum;
}

static uint64_t orm_graph_check(void)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < orm_team_count; i++) {
        ref team = orm_row(ORM_TEAM_TABLE, i);
        sum = orm_graph_check_row(team, TEAM_STRINGS, TEAM_EVENTS, sum);
        ref entry = orm_attribute(team, TEAM_ENTRY);
        for (; !ref_is_null(entry); entry = orm_attribute(entry, ENTRY_NEXT)) {
            sum = mix(sum ^ orm_number(entry));
        }
    }
    for (uint64_t i = 0; i < orm_event_count; i++) {
        sum = orm_graph_check_event(orm_row(ORM_EVENT_TABLE, i), sum);
    }
    return sum;
}

static const struct workload orm_graph = {
    .name = "orm-graph",
    .about = "cached rows, joins between them, lazy attributes",
    .parameters = orm_graph_parameters,
    .parameter_count = LENGTH(orm_graph_parameters),
    .wrong = orm_graph_wrong,
    .load = orm_rows_load,
    .request = orm_graph_request,
    .check = orm_graph_check,
};

#endif
