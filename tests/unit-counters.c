/* unit-counters.c: event names, counters behind a faked descriptor, and what is
 * made of them.  Counters of live processes are in live-counters.c. */
#include "harness/event-count.h"
#include "harness/event-name.h"
#include "smaps/counters.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Names --------------------------------------------------------------- */

static void need_libpfm4(void)
{
    struct event event;
    char why[EVENT_WHY_SIZE];

    if (event_find("page-faults", &event, why) == -ENOSYS) {
        print_message("# %s\n", why);
        skip();
    }
}

static void a_name_says_which_modes(void **state)
{
    static const struct {
        const char *name;
        bool user, kernel;
    } cases[] = {
        {"page-faults", true, true},          {"PAGE-FAULTS", true, true},
        {"perf::page-faults:u", true, false}, {"page-faults:k", false, true},
        {"LLC-load-misses", true, true},
    };
    struct event event;
    char why[EVENT_WHY_SIZE];

    (void)state;
    need_libpfm4();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(event_find(cases[i].name, &event, why), 0);
        assert_int_equal(event.user, cases[i].user);
        assert_int_equal(event.kernel, cases[i].kernel);
    }
}

/* Takes the first event of another processor, with its unit. */
static int take_foreign(const struct event_name *event, void *context)
{
    if (event->here)
        return 0;
    snprintf(context, 128, "%s::%s", event->unit, event->name);
    return 1;
}

static void names_fail_in_three_ways(void **state)
{
    struct event event;
    char why[EVENT_WHY_SIZE], foreign[128];

    (void)state;
    need_libpfm4();
    assert_int_equal(event_find("no-such-event", &event, why), -ENOENT);
    assert_int_equal(event_find("", &event, why), -ENOENT);
    assert_int_equal(event_find("perf::", &event, why), -ENOENT);
    assert_int_equal(event_find("none::page-faults", &event, why), -ENOENT);
    assert_int_equal(event_find("cycles:nonsense", &event, why), -EINVAL);
    assert_non_null(strstr(why, "':nonsense'"));
    assert_int_equal(event_each(take_foreign, foreign), 1);
    assert_int_equal(event_find(foreign, &event, why), -ENODEV);
    assert_int_equal(counter_check(foreign, why), 0);
    assert_int_equal(counter_check("cycles:nonsense", why), -EINVAL);
}

static void a_misspelt_name_is_refused_with_the_nearest(void **state)
{
    static const struct {
        const char *name, *message;
    } cases[] = {
        {"page-fault", "unknown counter 'page-fault': did you mean "
                       "'PAGE-FAULTS'?"},
        {"DTLB-load-miss:u", "unknown counter 'DTLB-load-miss:u': did you mean "
                             "'DTLB-LOAD-MISSES'?"},
        {"perf::cycels", "unknown counter 'perf::cycels': did you mean "
                         "'perf::CYCLES'?"},
        {"1234567890", "unknown counter '1234567890': `cowlab list counters` "
                       "lists those of this machine"},
        {"cycles:nonsense", "counter 'cycles:nonsense': libpfm4: invalid event "
                            "attribute: ':nonsense'"},
    };
    struct error error;

    (void)state;
    need_libpfm4();
    assert_int_equal(event_name_check("page-faults", &error), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(event_name_check(cases[i].name, &error), -1);
        assert_string_equal(error.text, cases[i].message);
    }
}

/* ---- A faked descriptor -------------------------------------------------- */

/* A counter that reads these bytes, and then the end of the file. */
static struct counter fake(const void *bytes, size_t size)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]);
    int *descriptors = malloc(sizeof *descriptors);
    assert_non_null(descriptors);
    *descriptors = ends[0];
    return (struct counter){.descriptors = descriptors, .count = 1};
}

/* What it reads as; the value is made strange first. */
static int read_fake(const void *bytes, size_t size,
                     struct counter_value *value)
{
    struct counter counter = fake(bytes, size);

    *value = (struct counter_value){1, 2, 3};
    int result = counter_read(&counter, value);
    counter_close(&counter);
    return result;
}

static void numbers_are_read_as_they_are(void **state)
{
    static const uint64_t whole[] = {12345, 2000000, 2000000};
    static const uint64_t in_turns[] = {1000, 4000000, 1000000};
    static const uint64_t never[] = {0, 4000000, 0};
    static const uint64_t most[] = {INT64_MAX, INT64_MAX, INT64_MAX};
    const uint64_t *const cases[] = {whole, in_turns, never, most};
    struct counter_value value;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_fake(cases[i], 24, &value), 0);
        assert_int_equal(value.raw, cases[i][0]);
        assert_int_equal(value.enabled_ns, cases[i][1]);
        assert_int_equal(value.running_ns, cases[i][2]);
    }
}

/* A counter that the kernel has stopped reads as the end of a file. */
static void half_a_number_is_none(void **state)
{
    static const uint64_t numbers[3] = {7, 8, 9};
    struct counter_value value;

    (void)state;
    for (size_t size = 0; size < sizeof numbers; size++) {
        assert_int_equal(read_fake(numbers, size, &value), -EIO);
        assert_int_equal(value.raw + value.enabled_ns + value.running_ns, 0);
    }
}

static void more_than_a_result_can_hold_is_refused(void **state)
{
    struct counter_value value;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint64_t numbers[3] = {1, 1, 1};
        numbers[i] = UINT64_C(1) << 63;
        assert_int_equal(read_fake(numbers, sizeof numbers, &value),
                         -EOVERFLOW);
        assert_int_equal(value.raw, 0);
    }
}

static void a_closed_counter_says_so(void **state)
{
    struct counter counter = {0};
    struct counter_value value;

    (void)state;
    assert_int_equal(counter_read(&counter, &value), -EBADF);
    counter_close(&counter);
    assert_int_equal(counter.count, 0);
}

/* ---- Analysis ------------------------------------------------------------ */

/* One worker's entry of an event. */
static json_t *entry(json_int_t raw, json_int_t enabled, json_int_t running,
                     bool kernel)
{
    return json_pack("{s:I, s:I, s:I, s:b, s:b}", "raw", raw, "enabled_ns",
                     enabled, "running_ns", running, "user_counted", true,
                     "kernel_counted", kernel);
}

/* The event "e" of a result whose two workers have these entries. */
static struct event_counts counts_of(json_t *first, json_t *second)
{
    json_t *result =
        json_pack("{s:[{s:{s:o}},{s:{s:o, s:s}}]}", "workers", "counters", "e",
                  first, "counters", "e", second, "e_why", "it may not");
    assert_non_null(result);
    struct event_counts counts = event_counts_read(result);
    json_decref(result);
    assert_int_equal(counts.count, 1);
    assert_string_equal(counts.items[0].name, "e");
    assert_ptr_equal(event_counts_find(&counts, "e"), counts.items);
    assert_null(event_counts_find(&counts, "f"));
    return counts;
}

static void counts_are_scaled_to_the_whole_time(void **state)
{
    struct event_counts counts =
        counts_of(entry(100, 800, 200, true), entry(300, 800, 800, true));

    (void)state;
    assert_float_equal(counts.items[0].count, (400 + 300) / 2.0, 1e-9);
    assert_true(counts.items[0].scaled);
    assert_true(counts.items[0].user && counts.items[0].kernel);
    assert_null(counts.items[0].why);
    event_counts_clear(&counts);

    counts = counts_of(entry(100, 800, 800, true), entry(0, 0, 0, false));
    assert_float_equal(counts.items[0].count, 50, 1e-9);
    assert_false(counts.items[0].scaled);
    assert_false(counts.items[0].kernel);
    event_counts_clear(&counts);
}

static void what_was_never_counted_is_no_number(void **state)
{
    struct event_counts counts =
        counts_of(entry(0, 800, 0, true), entry(5, 800, 800, true));

    (void)state;
    assert_true(isnan(counts.items[0].count));
    assert_string_equal(counts.items[0].why,
                        "other events held the counters all the time");
    event_counts_clear(&counts);

    counts = counts_of(entry(5, 800, 800, true), json_null());
    assert_true(isnan(counts.items[0].count));
    assert_string_equal(counts.items[0].why, "it may not");
    event_counts_clear(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_says_which_modes),
        cmocka_unit_test(names_fail_in_three_ways),
        cmocka_unit_test(a_misspelt_name_is_refused_with_the_nearest),
        cmocka_unit_test(numbers_are_read_as_they_are),
        cmocka_unit_test(half_a_number_is_none),
        cmocka_unit_test(more_than_a_result_can_hold_is_refused),
        cmocka_unit_test(a_closed_counter_says_so),
        cmocka_unit_test(counts_are_scaled_to_the_whole_time),
        cmocka_unit_test(what_was_never_counted_is_no_number),
    };

    return cmocka_run_group_tests_name("unit-counters", tests, NULL, NULL);
}
