/* unit-blame.c: what a first write is called, which write was the first, and
 * which mappings are one: without a process. */
#include "harness/account.h"
#include "harness/blame-mappings.h"
#include "harness/blame-name.h"
#include "harness/blame-rows.h"
#include "harness/fault-log.h"
#include "harness/phases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static struct subject_fact header_rows[] = {
    {{"mark", "header", "1", "-", "by the marking"}},
    {{"remembered-flag", "header", "1", "-", "by the barrier"}},
    {{"card", "side", "8", "512", "by the barrier"}},
};
static struct subject_fact side_rows[] = {
    {{"mark", "side", "1", "16", "by the marking"}},
};

static const struct subject in_header = {.metadata = header_rows,
                                         .metadata_count = LENGTH(header_rows)};
static const struct subject beside = {.metadata = side_rows,
                                      .metadata_count = LENGTH(side_rows)};

static struct blame_place at(const char *kind, const char *placement)
{
    return (struct blame_place){kind, placement, "3"};
}

static void check_name(struct blame_name name, const char *phase,
                       const char *kind, const char *placement)
{
    assert_string_equal(name.phase, phase);
    assert_string_equal(name.kind, kind);
    assert_string_equal(name.placement, placement);
}

/* The name of a write to a place that holds the same ever after. */
static struct blame_name name_of(const struct subject *subject,
                                 const char *phase, const char *kind,
                                 const char *placement)
{
    return blame_name(subject, phase, at(kind, placement), at(kind, placement));
}

static void free_memory_that_holds_an_object_now(void **state)
{
    (void)state;
    for (const char *const *kind =
             (const char *const[]){"free", "unused", NULL};
         *kind; kind++) {
        struct blame_name name =
            blame_name(&beside, "request", at(*kind, "body"),
                       (struct blame_place){"payload", "body", "7"});
        check_name(name, "allocation", "new-object", "body");
        assert_string_equal(name.object_kind, "7");
    }
    check_name(blame_name(&beside, "minor", at("free", "body"),
                          at("header", "header")),
               "promote", "new-object", "body");
    check_name(blame_name(&beside, "compact", at("unused", "body"),
                          at("reference", "body")),
               "compact", "new-object", "body");
}

static void an_object_that_died(void **state)
{
    (void)state;
    check_name(
        blame_name(&beside, "sweep", at("payload", "body"), at("free", "body")),
        "sweep", "free-link", "body");
    check_name(blame_name(&beside, "request", at("header", "header"),
                          at("free", "body")),
               "refcount", "free-link", "body");
}

static void a_header_by_what_is_declared_there(void **state)
{
    (void)state;
    check_name(name_of(&in_header, "mark", "header", "header"), "mark", "mark",
               "header");
    check_name(name_of(&in_header, "sweep", "header", "header"), "sweep",
               "mark", "header");
    check_name(name_of(&in_header, "request", "header", "header"), "barrier",
               "remembered-flag", "header");
    /* Nothing is declared in the header, or not for such a phase. */
    check_name(name_of(&beside, "mark", "header", "header"), "mark", "header",
               "header");
    check_name(name_of(&in_header, "compact", "header", "header"), "compact",
               "header", "header");
}

/* A handle's mark lies in the table, a large object's in its run's number. */
static void an_entry_by_what_is_declared_beside(void **state)
{
    (void)state;
    check_name(name_of(&beside, "mark", "table", "side"), "mark", "mark",
               "side");
    check_name(name_of(&beside, "mark", "run", "side"), "mark", "mark", "side");
    check_name(name_of(&beside, "sweep", "table", "side"), "sweep", "table",
               "side");
    check_name(name_of(&in_header, "mark", "run", "side"), "mark", "run",
               "side");
}

static void requests_by_what_they_wrote(void **state)
{
    (void)state;
    check_name(name_of(&beside, "request", "count", "header"), "refcount",
               "count", "header");
    check_name(name_of(&beside, "request", "card", "side"), "barrier", "card",
               "side");
    check_name(name_of(&beside, "request", "payload", "body"), "request",
               "payload", "body");
    check_name(name_of(&beside, "request", "block", "side"), "allocation",
               "block", "side");
    /* A part of a word is another word. */
    check_name(name_of(&beside, "request", "run-list", "side"), "request",
               "run-list", "side");
    check_name(name_of(&beside, "request", "car", "side"), "request", "car",
               "side");
    /* Only a request is told apart so. */
    check_name(name_of(&beside, "mark", "count", "header"), "mark", "count",
               "header");
}

static void nobody_could_tell(void **state)
{
    (void)state;
    struct blame_place nothing = {NULL, NULL, NULL};
    struct blame_name name = blame_name(&beside, "mark", nothing, nothing);
    check_name(name, "mark", "unknown", "unknown");
    assert_string_equal(name.object_kind, "-");
    check_name(blame_name(&beside, "mark", at("payload", "body"), nothing),
               "mark", "payload", "body");
    check_name(blame_name(&beside, "unknown", at("payload", "body"), nothing),
               "unknown", "payload", "body");
}

static int add_phases(struct phases *phases, const char *text)
{
    char line[128];
    struct message message;
    strcpy(line, text);
    assert_int_equal(message_parse(line, &message), 0);
    int status = phases_add(phases, &message);
    message_clear(&message);
    return status;
}

static void phases_last_until_the_next(void **state)
{
    (void)state;
    struct phases phases = {0};
    assert_string_equal(phases_at(&phases, 5), "start");
    assert_int_equal(add_phases(&phases, "phases idle=10 request=20"), 0);
    assert_int_equal(add_phases(&phases, "phases"), 0);
    assert_int_equal(add_phases(&phases, "phases mark=20 idle=30 more=4"), 0);
    assert_string_equal(phases_at(&phases, 9), "start");
    assert_string_equal(phases_at(&phases, 10), "idle");
    assert_string_equal(phases_at(&phases, 19), "idle");
    assert_string_equal(phases_at(&phases, 20), "mark");
    assert_string_equal(phases_at(&phases, 29), "mark");
    assert_string_equal(phases_at(&phases, UINT64_MAX), "idle");
    assert_int_equal(phases.unlisted, 4);
    phases_clear(&phases);
}

static void phases_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const texts[] = {"phases mark",
                                        "phases mark=",
                                        "phases mark=later",
                                        "phases mark=-1",
                                        "phases a-phase-without-end=40",
                                        "phases mark=29",
                                        "phases more=many"};
    struct phases phases = {0};
    assert_int_equal(add_phases(&phases, "phases idle=30"), 0);
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_int_equal(add_phases(&phases, texts[i]), -1);
    assert_int_equal(phases.count, 1);
    phases_clear(&phases);
}

static void log_fault(struct fault_log *log, enum fault_record_kind kind,
                      pid_t pid, uint64_t time, uint64_t address)
{
    const struct fault_record record = {
        .kind = kind, .pid = pid, .time_ns = time, .address = address};
    fault_log_add(&record, log);
}

/* Records of several processors come in any order. */
static void the_first_fault_on_a_page(void **state)
{
    (void)state;
    struct fault_log log = {0};
    assert_null(fault_log_first(&log, 1, 0x5000, 0));
    assert_null(fault_log_last(&log, 1, 0x5000));
    log_fault(&log, FAULT_PAGE, 2, 50, 0x5010);
    log_fault(&log, FAULT_PAGE, 1, 90, 0x5008);
    log_fault(&log, FAULT_PAGE, 1, 70, 0x5fff);
    log_fault(&log, FAULT_PAGE, 1, 60, 0x6000);
    log_fault(&log, FAULT_PAGE, 1, 65, 0x4fff);
    log_fault(&log, FAULT_LOST, 1, 10, 0x5000);
    assert_int_equal(fault_log_first(&log, 1, 0x5000, 0)->address, 0x5fff);
    assert_int_equal(fault_log_first(&log, 2, 0x5000, 0)->time_ns, 50);
    assert_int_equal(fault_log_first(&log, 1, 0x6000, 0)->time_ns, 60);
    assert_null(fault_log_first(&log, 1, 0x7000, 0));
    assert_null(fault_log_first(&log, 2, 0x6000, 0));
    assert_null(fault_log_first(&log, 3, 0x5000, 0));
    assert_int_equal(fault_log_first(&log, 1, 0x5000, 70)->time_ns, 70);
    assert_int_equal(fault_log_first(&log, 1, 0x5000, 71)->time_ns, 90);
    assert_null(fault_log_first(&log, 1, 0x5000, 91));
    assert_int_equal(fault_log_last(&log, 1, 0x5000)->time_ns, 90);
    assert_int_equal(fault_log_last(&log, 2, 0x5000)->time_ns, 50);
    assert_null(fault_log_last(&log, 1, 0x7000));
    assert_null(fault_log_last(&log, 0, 0x5000));
    log_fault(&log, FAULT_PAGE, 1, 40, 0x5abc);
    assert_int_equal(fault_log_first(&log, 1, 0x5000, 0)->address, 0x5abc);
    assert_int_equal(log.count, 6);
    fault_log_clear(&log);
}

static json_int_t pages_of(const json_t *rows, size_t index)
{
    return json_integer_value(
        json_object_get(json_array_get(rows, index), "pages"));
}

static void rows_count_what_is_alike(void **state)
{
    (void)state;
    struct blame_rows rows = {0};
    struct blame_name name = {"mark", "mark", "header", "1"};
    json_t *none = blame_rows_json(&rows, 0);
    assert_int_equal(json_array_size(none), 0);
    json_decref(none);
    for (unsigned i = 0; i < 40; i++) {
        char kind[2] = {(char)('a' + i % 20), 0};
        name.kind = kind; /* the words are copied */
        blame_rows_add(&rows, &name, "mark_object", NULL, 50);
    }
    name.kind = "b";
    blame_rows_add(&rows, &name, "mark_object", NULL, 50);
    /* By another function, and for two that call it. */
    blame_rows_add(&rows, &name, "memset", NULL, 60);
    blame_rows_add(&rows, &name, "memset", "sweep_cell", 70);
    blame_rows_add(&rows, &name, "memset", "sweep_block", 80);
    name.object_kind = "2";
    blame_rows_add(&rows, &name, "mark_object", NULL, 50);
    /* A row has its first time and its last; its number finds its place. */
    name.object_kind = "1";
    size_t number = blame_rows_add(&rows, &name, "mark_object", NULL, 40);
    assert_int_equal(blame_rows_add(&rows, &name, "mark_object", NULL, 90),
                     number);
    size_t *places = blame_rows_sort(&rows);
    assert_int_equal(places[number], 0);
    free(places);
    json_t *json = blame_rows_json(&rows, 10);
    const json_t *most = json_array_get(json, 0);
    assert_int_equal(json_integer_value(json_object_get(most, "first_ns")), 30);
    assert_int_equal(json_integer_value(json_object_get(most, "last_ns")), 80);
    assert_int_equal(json_array_size(json), 24);
    assert_int_equal(pages_of(json, 0), 5);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json, 0), "kind")),
        "b");
    json_int_t sum = 0;
    for (size_t i = 0; i < json_array_size(json); i++) {
        assert_true(i == 0 || pages_of(json, i) <= pages_of(json, i - 1));
        sum += pages_of(json, i);
    }
    assert_int_equal(sum, 47);
    json_decref(json);
    blame_rows_clear(&rows);
    assert_int_equal(rows.count, 0);
}

static void add_mapping(struct tally *tally, const char *name, uint64_t start,
                        uint64_t end, uint64_t broken, uint64_t fresh)
{
    struct account_mapping key;
    memset(&key, 0, sizeof key);
    key.start = start;
    key.end = end;
    strcpy(key.name, name);
    struct tally_row *row = tally_at(tally, &key);
    row->broken += broken;
    row->fresh += fresh;
}

static void check_mapping(const struct tally_row *row, const char *name,
                          uint64_t start, uint64_t end, uint64_t broken,
                          uint64_t fresh)
{
    const struct account_mapping *key = row->key;
    assert_string_equal(key->name, name);
    assert_int_equal(key->start, start);
    assert_int_equal(key->end, end);
    assert_int_equal(row->broken, broken);
    assert_int_equal(row->fresh, fresh);
}

static void mappings_that_grew_are_one(void **state)
{
    struct tally parts, whole;
    (void)state;
    tally_open(&parts, sizeof(struct account_mapping));
    add_mapping(&parts, "[heap]", 1000, 3000, 1, 10);
    add_mapping(&parts, "[heap]", 1000, 2000, 2, 20);
    add_mapping(&parts, "[heap]", 3000, 4000, 4, 40);
    add_mapping(&parts, "[heap]", 9000, 9500, 3, 0);
    add_mapping(&parts, "", 4000, 5000, 6, 0);
    add_mapping(&parts, "", 0, 0, 5, 0); /* not known any more */
    blame_mappings_open(&whole, &parts);
    struct tally_row **rows = tally_sorted(&whole);
    assert_int_equal(whole.count, 4);
    check_mapping(rows[0], "[heap]", 1000, 4000, 7, 70);
    check_mapping(rows[1], "", 4000, 5000, 6, 0);
    check_mapping(rows[2], "", 0, 0, 5, 0);
    check_mapping(rows[3], "[heap]", 9000, 9500, 3, 0);
    free(rows);
    tally_clear(&whole);
    tally_clear(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_memory_that_holds_an_object_now),
        cmocka_unit_test(an_object_that_died),
        cmocka_unit_test(a_header_by_what_is_declared_there),
        cmocka_unit_test(an_entry_by_what_is_declared_beside),
        cmocka_unit_test(requests_by_what_they_wrote),
        cmocka_unit_test(nobody_could_tell),
        cmocka_unit_test(phases_last_until_the_next),
        cmocka_unit_test(phases_that_make_no_sense),
        cmocka_unit_test(the_first_fault_on_a_page),
        cmocka_unit_test(rows_count_what_is_alike),
        cmocka_unit_test(mappings_that_grew_are_one),
    };
    return cmocka_run_group_tests_name("unit-blame", tests, NULL, NULL);
}
