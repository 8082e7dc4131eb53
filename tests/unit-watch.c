/* unit-watch.c: the means to learn of writes without a barrier, against pages
 * that the test writes itself.  One that this kernel refuses is skipped. */
#include "heap/watch-exclusive.h"
#include "heap/watch-mprotect.h"
#include "heap/watch-soft-dirty.h"
#include "heap/watch-userfaultfd.h"
#include "heap/watch-written.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* More stretches than PAGEMAP_SCAN likes to answer at once. */
enum { PAGES = 3000, UNIT_64K = 2 };

static const struct watch *watch;
static struct region watched, other;
static bool told[PAGES];

static const struct region *const ranges[] = {&other, &watched};

static char *page_start(size_t page)
{
    return watched.start + page * PAGE_BYTES;
}

static void tell(const char *start, const char *end)
{
    assert_true(start < end);
    assert_int_equal((uintptr_t)start % PAGE_BYTES, 0);
    assert_int_equal((uintptr_t)end % PAGE_BYTES, 0);
    for (const char *page = start; page < end; page += PAGE_BYTES) {
        size_t number = (size_t)(page - watched.start) / PAGE_BYTES;
        if (number < PAGES) { /* a unit may reach beyond */
            assert_false(told[number]);
            told[number] = true;
        }
    }
}

static void look(void)
{
    memset(told, 0, sizeof told);
    watch->each_written(watched.start, page_start(PAGES), tell);
}

/* What is told is every page for which `expected` is true, and no other. */
static void expect(bool (*expected)(size_t page))
{
    look();
    for (size_t page = 0; page < PAGES; page++) {
        if (told[page] != expected(page)) {
            print_error("page %zu was %stold\n", page,
                        told[page] ? "" : "not ");
        }
        assert_int_equal(told[page], expected(page));
    }
}

static bool all(size_t page)
{
    (void)page;
    return true;
}

static bool none(size_t page)
{
    (void)page;
    return false;
}

static bool every_second(size_t page)
{
    return page % 2 == 0;
}

static bool every_second_of_the_later_half(size_t page)
{
    return page % 2 == 0 && page >= PAGES / 2;
}

static bool every_seventh(size_t page)
{
    return page % 7 == 0;
}

static bool near_every_hundredth(size_t page)
{
    return page / 16 * 16 % 400 == 0;
}

static void write_where(bool (*chosen)(size_t page))
{
    for (size_t page = 0; page < PAGES; page++) {
        if (chosen(page)) {
            *(volatile char *)(page_start(page) + page % PAGE_BYTES) ^= 1;
        }
    }
}

static void arm_all(void)
{
    watch->arm(watched.start, page_start(PAGES));
}

/* Every test has two regions, of which one has memory, and an open watch. */
static int open_watch(void **state)
{
    watch = *state;
    const char *why = watch->refused();
    if (why != NULL) {
        print_message("# skipped: %s: %s\n", watch->name, why);
        watch = NULL;
        return 0;
    }
    region_open(&other, "other", REGION_OBJECTS, 1 << 20);
    region_open(&watched, "watched", REGION_OBJECTS, 4096 * PAGE_BYTES);
    region_commit(&other, other.reserved);
    region_commit(&watched, watched.reserved);
    memset(watched.start, 1, PAGES * PAGE_BYTES);
    watch->open(ranges, LENGTH(ranges));
    return 0;
}

static int close_watch(void **state)
{
    (void)state;
    if (watch != NULL) {
        watch->close();
        region_close(&watched);
        region_close(&other);
    }
    option_unit = 0;
    return 0;
}

/* The watch is opened anew, because a test that begins takes SIGSEGV. */
static void is_refused(void)
{
    if (watch == NULL) {
        skip();
    }
    watch->close();
    watch->open(ranges, LENGTH(ranges));
}

static void what_was_never_armed_counts_as_written(void **state)
{
    (void)state;
    is_refused();
    expect(all);
}

static void written_pages_are_told_until_they_are_armed_again(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    expect(none);
    write_where(every_second);
    expect(every_second);
    expect(every_second);
    arm_all();
    expect(none);
    write_where(every_seventh);
    expect(every_seventh);
}

static void reading_is_not_told(void **state)
{
    unsigned total = 0;
    (void)state;
    is_refused();
    arm_all();
    for (size_t page = 0; page < PAGES; page++) {
        total += *(volatile unsigned char *)page_start(page);
    }
    assert_int_equal(total, PAGES);
    expect(none);
}

static void arming_a_part_leaves_what_is_known_elsewhere(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    write_where(every_second);
    watch->arm(watched.start, page_start(PAGES / 2));
    watch->arm(other.start, other.start + other.committed);
    expect(every_second_of_the_later_half);
}

static void what_is_disarmed_counts_as_written(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    watch->disarm(watched.start, page_start(PAGES));
    expect(all);
    arm_all();
    expect(none);
}

static void a_page_without_memory_is_watched(void **state)
{
    (void)state;
    is_refused();
    region_release(&watched, 0, PAGES * PAGE_BYTES);
    arm_all();
    expect(none);
    write_where(every_second);
    expect(every_second);
}

/* Leaves with the first assertion that does not hold. */
static void in_a_child(void (*test)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        test();
        _exit(EXIT_SUCCESS);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}

static void demand(bool (*expected)(size_t page))
{
    look();
    for (size_t page = 0; page < PAGES; page++) {
        if (told[page] != expected(page)) {
            _exit(EXIT_FAILURE);
        }
    }
}

static void watch_anew(void)
{
    watch->open(ranges, LENGTH(ranges));
    demand(all);
    arm_all();
    demand(none);
    write_where(every_second);
    demand(every_second);
    arm_all();
    demand(none);
    write_where(every_seventh);
    demand(every_seventh);
}

static void a_child_watches_anew_and_its_parent_goes_on(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    write_where(every_seventh);
    in_a_child(watch_anew);
    expect(every_seventh);
    arm_all();
    in_a_child(watch_anew);
    expect(none);
    write_where(every_second);
    expect(every_second);
}

static void watch_on(void)
{
    watch->open(ranges, LENGTH(ranges));
    demand(every_seventh);
    arm_all();
    demand(none);
    write_where(every_second);
    demand(every_second);
}

/* Of the means that a fork leaves as it is. */
static void a_child_goes_on_from_what_its_parent_knew(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    write_where(every_seventh);
    in_a_child(watch_on);
    expect(every_seventh);
}

/* Of the means that needs no arming in a child, and notices nothing outside. */
static void write_what_is_shared(void)
{
    watch->open(ranges, LENGTH(ranges));
    demand(none);
    write_where(every_second);
    demand(every_second);
    arm_all();
    demand(every_second);
    write_where(every_seventh);
    look();
    for (size_t page = 0; page < PAGES; page++) {
        if (told[page] != (every_second(page) || every_seventh(page))) {
            _exit(EXIT_FAILURE);
        }
    }
}

static void a_child_is_told_what_it_does_not_share(void **state)
{
    (void)state;
    is_refused();
    expect(all);
    in_a_child(write_what_is_shared);
    region_release(&watched, 0, PAGES * PAGE_BYTES);
    expect(none);
    write_where(every_second);
    expect(every_second);
}

/* The status that a child ends with, and what it says before. */
static int status_of(void (*test)(void), char *said, size_t room)
{
    int status;
    int ends[2];
    size_t length = 0;
    ssize_t got;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        test();
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    while ((got = read(ends[0], said + length, room - 1 - length)) > 0) {
        length += (size_t)got;
    }
    said[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void watch_in_a_program_without_handlers(void)
{
    watch->close();
    signal(SIGSEGV, SIG_DFL);
    watch->open(ranges, LENGTH(ranges));
    arm_all();
    write_where(every_second);
}

static void write_where_nothing_is(void)
{
    watch_in_a_program_without_handlers();
    *(volatile char *)(other.start - 1) = 1;
}

static void be_sent_the_signal(void)
{
    watch_in_a_program_without_handlers();
    raise(SIGSEGV);
}

static void another_fault_is_a_crash(void **state)
{
    void (*const faults[])(void) = {write_where_nothing_is, be_sent_the_signal};
    char said[4096];
    (void)state;
    is_refused();
    for (size_t i = 0; i < LENGTH(faults); i++) {
        int status = status_of(faults[i], said, sizeof said);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSEGV);
    }
}

static long mappings_allowed(void)
{
    long most = 0;
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    if (file != NULL) {
        assert_int_equal(fscanf(file, "%ld", &most), 1);
        fclose(file);
    }
    return most;
}

/* Every second page of a region that has two for each mapping allowed. */
static void cut_into_too_many(void)
{
    struct region large;
    const struct region *const range[] = {&large};
    size_t pages = (size_t)mappings_allowed() + 4096;
    watch->close();
    region_open(&large, "large", REGION_OBJECTS, pages * PAGE_BYTES);
    region_commit(&large, large.reserved);
    watch->open(range, 1);
    watch->arm(large.start, large.start + pages * PAGE_BYTES);
    for (size_t page = 0; page < pages; page += 2) {
        *(volatile char *)(large.start + page * PAGE_BYTES) = 1;
    }
}

static void too_many_mappings_end_with_a_message(void **state)
{
    char said[4096];
    (void)state;
    is_refused();
    if (mappings_allowed() == 0 || mappings_allowed() > 100000) {
        print_message("# skipped: vm.max_map_count is large or not told\n");
        skip();
    }
    int status = status_of(cut_into_too_many, said, sizeof said);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
    assert_non_null(strstr(said, "vm.max_map_count is"));
    assert_non_null(strstr(said, "choose a larger 'unit'"));
}

static size_t entries(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

static void closing_leaves_no_thread_no_file_and_no_trap(void **state)
{
    size_t threads = entries("/proc/self/task");
    size_t files = entries("/proc/self/fd");
    (void)state;
    is_refused();
    for (int i = 0; i < 3; i++) {
        arm_all();
        write_where(every_second);
        watch->close();
        write_where(all);
        assert_int_equal(entries("/proc/self/task"), 3); /* . and .. */
        assert_true(entries("/proc/self/fd") <= files);
        watch->open(ranges, LENGTH(ranges));
        assert_int_equal(entries("/proc/self/task"), threads);
        assert_int_equal(entries("/proc/self/fd"), files);
        expect(all);
    }
}

static int open_with_large_units(void **state)
{
    option_unit = UNIT_64K;
    return open_watch(state);
}

/* One trap opens the unit that a page lies in, from the start of its range. */
static void a_unit_is_told_as_a_whole(void **state)
{
    (void)state;
    is_refused();
    arm_all();
    expect(none);
    uint64_t traps = unit_table.traps;
    for (size_t page = 0; page < PAGES; page += 400) {
        *(volatile char *)(page_start(page + 3)) ^= 1;
        *(volatile char *)(page_start(page + 9)) ^= 1;
    }
    expect(near_every_hundredth);
    assert_int_equal(unit_table.traps - traps, (PAGES + 399) / 400);
}

#define TEST(test, watch)                                                      \
    cmocka_unit_test_prestate_setup_teardown(test, open_watch, close_watch,    \
                                             (void *)(uintptr_t)&watch)

#define TESTS(watch)                                                           \
    TEST(what_was_never_armed_counts_as_written, watch),                       \
        TEST(written_pages_are_told_until_they_are_armed_again, watch),        \
        TEST(reading_is_not_told, watch),                                      \
        TEST(arming_a_part_leaves_what_is_known_elsewhere, watch),             \
        TEST(what_is_disarmed_counts_as_written, watch),                       \
        TEST(a_page_without_memory_is_watched, watch),                         \
        TEST(closing_leaves_no_thread_no_file_and_no_trap, watch)

/* Of those whose traps open units. */
#define UNIT_TESTS(watch)                                                      \
    cmocka_unit_test_prestate_setup_teardown(                                  \
        a_unit_is_told_as_a_whole, open_with_large_units, close_watch,         \
        (void *)(uintptr_t)&watch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TESTS(watch_mprotect),
        UNIT_TESTS(watch_mprotect),
        TEST(a_child_goes_on_from_what_its_parent_knew, watch_mprotect),
        TEST(another_fault_is_a_crash, watch_mprotect),
        TEST(too_many_mappings_end_with_a_message, watch_mprotect),
        TESTS(watch_userfaultfd),
        UNIT_TESTS(watch_userfaultfd),
        TEST(a_child_watches_anew_and_its_parent_goes_on, watch_userfaultfd),
        TESTS(watch_written),
        TEST(a_child_watches_anew_and_its_parent_goes_on, watch_written),
        TESTS(watch_soft_dirty),
        TEST(a_child_watches_anew_and_its_parent_goes_on, watch_soft_dirty),
        TEST(a_child_is_told_what_it_does_not_share, watch_exclusive),
    };
    return cmocka_run_group_tests_name("unit-watch", tests, NULL, NULL);
}
