/* live-difference.c: pages of live workers compared with their template's,
 * after writes that are known by construction. */
#include "smaps/difference.h"

#include "tests/scene.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MANY_PAGES 600 /* more than two batches */

/* What the visitor saw. */
struct seen {
    uint64_t pages[MANY_PAGES];
    size_t count, unreadable;
    struct byte_range ranges[8]; /* of all pages */
    size_t range_count;
    size_t stop_after;
};

static int see(uint64_t address, const unsigned char *inherited,
               const unsigned char *own, void *context)
{
    struct seen *seen = context;

    seen->pages[seen->count++] = address;
    assert_true(!inherited == !own);
    if (!own) {
        seen->unreadable++;
        return 0;
    }
    struct byte_range range = {0, 0};
    while (difference_next(inherited, own, &range))
        if (seen->range_count < 8)
            seen->ranges[seen->range_count++] = range;
    return seen->count == seen->stop_after ? 17 : 0;
}

/* Compares pages of the area, from the first on, of a worker. */
static int compare(const struct scene *scene, int worker, uint64_t first,
                   size_t count, struct seen *seen,
                   struct difference_counts *counts)
{
    uint64_t pages[MANY_PAGES];

    *seen = (struct seen){.stop_after = seen->stop_after};
    for (size_t i = 0; i < count; i++)
        pages[i] = scene->family.area + (first + i) * PAGE;
    int result = difference_visit(scene->family.pid[FAMILY_TEMPLATE],
                                  scene->family.pid[worker], pages, count, see,
                                  seen, counts);
    assert_memory_equal(seen->pages, pages, seen->count * sizeof *pages);
    return result;
}

/* Tasks.  The template has written 'w' at the beginning of each page of the
 * cells, all else is 0. */

static long write_ends(char *area, long first, long count)
{
    (void)count;
    memset(area + first * PAGEMAP_PAGE_SIZE + 1, 'x', 2);
    memset(area + first * PAGEMAP_PAGE_SIZE + 100, 'x', 1);
    memset(area + (first + 1) * PAGEMAP_PAGE_SIZE - 9, 'x', 9);
    return 0;
}

static long write_and_restore(char *area, long first, long count)
{
    for (long i = first; i < first + count; i++) {
        volatile char *byte = area + i * PAGEMAP_PAGE_SIZE;
        char before = *byte;
        *byte = 'x';
        *byte = before;
    }
    return 0;
}

static long hide(char *area, long first, long count)
{
    (void)area, (void)first, (void)count;
    return prctl(PR_SET_DUMPABLE, 0);
}

static void changed_ranges_are_those_written(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    in_worker(scene, 0, write_ends, CELLS_FIRST + 2, 1);
    assert_int_equal(compare(scene, 0, CELLS_FIRST, 4, &seen, &counts), 0);
    assert_int_equal(counts.compared, 4);
    assert_int_equal(counts.false_pages, 3);
    assert_int_equal(counts.changed_bytes, 2 + 1 + 9);
    assert_int_equal(counts.unreadable, 0);
    static const struct byte_range expected[] = {
        {1, 3}, {100, 101}, {4087, 4096}};
    assert_int_equal(seen.range_count, 3);
    assert_memory_equal(seen.ranges, expected, sizeof expected);
}

/* A page written and restored is the worker's own, and false. */
static void restored_pages_are_false(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    in_worker(scene, 1, write_and_restore, CELLS_FIRST + 5, 3);
    struct sample sample = look(scene, 1);
    assert_int_equal(sample.pages[CELLS].broken, 3);
    sample_clear(&sample);
    assert_int_equal(compare(scene, 1, CELLS_FIRST + 5, 3, &seen, &counts), 0);
    assert_int_equal(counts.compared, 3);
    assert_int_equal(counts.false_pages, 3);
    assert_int_equal(counts.changed_bytes, 0);
    assert_int_equal(seen.range_count, 0);
}

static void reading_breaks_nothing(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    assert_int_equal(
        compare(scene, 0, CELLS_FIRST, CELLS_PAGES, &seen, &counts), 0);
    struct sample sample = look(scene, 0);
    assert_int_equal(sample.pages[CELLS].shared, CELLS_PAGES);
    sample_clear(&sample);
    assert_int_equal(counts.false_pages, CELLS_PAGES);
    /* Nor does it bring to life what is not there. */
    in_worker(scene, 0, discard_pages, CELLS_FIRST, 2);
    in_template(scene, discard_pages, CELLS_FIRST + 4, 1);
    assert_int_equal(compare(scene, 0, CELLS_FIRST, 5, &seen, &counts), 0);
    assert_int_equal(counts.unreadable, 3);
    sample = look(scene, 0);
    assert_int_equal(sample.pages[CELLS].gone, 2);
    sample_clear(&sample);
    assert_int_equal(compare(scene, 1, CELLS_FIRST, 5, &seen, &counts), 0);
    assert_int_equal(counts.unreadable, 1);
}

/* Pages that cannot be read lie before, between and after those that can. */
static void pages_gone_are_unreadable(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    in_worker(scene, 0, unmap_pages, CELLS_FIRST, 1);
    in_worker(scene, 0, unmap_pages, CELLS_FIRST + 3, 2);
    in_template(scene, unmap_pages, CELLS_FIRST + 7, 1);
    in_worker(scene, 0, forbid_pages, CELLS_FIRST + 6, 1);
    in_worker(scene, 0, write_ends, CELLS_FIRST + 5, 1);
    assert_int_equal(compare(scene, 0, CELLS_FIRST, 8, &seen, &counts), 0);
    assert_int_equal(seen.count, 8);
    assert_int_equal(seen.unreadable, 4);
    assert_int_equal(counts.unreadable, 4);
    assert_int_equal(counts.compared, 4);
    assert_int_equal(counts.false_pages, 3);
    assert_int_equal(counts.changed_bytes, 12);
}

static void pages_of_a_file_are_compared_too(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    in_worker(scene, 0, write_pages, FILE_FIRST + 1, 2);
    assert_int_equal(compare(scene, 0, FILE_FIRST, 4, &seen, &counts), 0);
    assert_int_equal(counts.compared, 2);
    assert_int_equal(counts.changed_bytes, 2);
    assert_int_equal(counts.unreadable, 2); /* never touched by the worker */
}

static void many_pages_are_read_in_batches(void **state)
{
    struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    in_template(scene, write_pages, 0, MANY_PAGES);
    family_fork(&scene->family);
    in_worker(scene, 2, write_ends, 255, 1);
    in_worker(scene, 2, write_ends, 256, 1);
    in_worker(scene, 2, write_ends, MANY_PAGES - 1, 1);
    in_worker(scene, 2, unmap_pages, 511, 2);
    assert_int_equal(compare(scene, 2, 0, MANY_PAGES, &seen, &counts), 0);
    assert_int_equal(seen.count, MANY_PAGES);
    assert_int_equal(counts.compared, MANY_PAGES - 2);
    assert_int_equal(counts.false_pages, MANY_PAGES - 2 - 3);
    assert_int_equal(counts.changed_bytes, 3 * 12);
    seen.stop_after = 300;
    assert_int_equal(compare(scene, 2, 0, MANY_PAGES, &seen, &counts), 17);
    assert_int_equal(seen.count, 300);
}

static void a_process_that_ended_is_said_to_have(void **state)
{
    struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};
    pid_t ended = scene->family.pid[1];
    uint64_t page = scene->family.area;

    family_end(&scene->family, 1);
    assert_int_equal(difference_visit(scene->family.pid[FAMILY_TEMPLATE], ended,
                                      &page, 1, see, &seen, &counts),
                     -ESRCH);
    assert_int_equal(seen.count, 0);
    assert_non_null(strstr(difference_why(-ESRCH), "ended"));
}

/* Starts a child that tries as nobody, and ends with 0 when that is refused. */
static pid_t try_as_nobody(const struct scene *scene)
{
    struct difference_counts counts;
    struct seen seen = {0};
    pid_t child = fork();

    if (child == 0) {
        if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
            _exit(1);
        int result = compare(scene, 0, CELLS_FIRST, 2, &seen, &counts);
        _exit(result == -EACCES && seen.count == 0 ? 0 : 2);
    }
    return child;
}

static void memory_that_may_not_be_read_is_refused(void **state)
{
    const struct scene *scene = *state;
    struct difference_counts counts;
    struct seen seen = {0};

    assert_non_null(strstr(difference_why(-EACCES), "ptrace_scope"));
    if (geteuid() != 0) {
        in_worker(scene, 0, hide, 0, 0);
        assert_int_equal(compare(scene, 0, CELLS_FIRST, 2, &seen, &counts),
                         -EACCES);
        return;
    }
    int status;
    pid_t child = try_as_nobody(scene);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void other_failures_have_words(void **state)
{
    (void)state;
    assert_string_equal(difference_why(-ENOMEM), strerror(ENOMEM));
}

/* A family with room for many pages, not forked yet. */
static int open_many(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    *state = &scene;
    family_start(&scene.family, MANY_PAGES * PAGE);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(changed_ranges_are_those_written),
        IN_SCENE(restored_pages_are_false),
        IN_SCENE(reading_breaks_nothing),
        IN_SCENE(pages_gone_are_unreadable),
        IN_SCENE(pages_of_a_file_are_compared_too),
        cmocka_unit_test_setup_teardown(many_pages_are_read_in_batches,
                                        open_many, close_scene),
        IN_SCENE(a_process_that_ended_is_said_to_have),
        IN_SCENE(memory_that_may_not_be_read_is_refused),
        cmocka_unit_test(other_failures_have_words),
    };

    return cmocka_run_group_tests_name("live-difference", tests, NULL, NULL);
}
