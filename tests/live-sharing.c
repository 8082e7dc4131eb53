/* live-sharing.c: states of pages followed from fault to fault, on processes
 * whose pages are known by construction. */
#include "smaps/pagemap.h"
#include "smaps/sharing.h"
#include "tests/scene.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define HUGE_PAGE (UINT64_C(2) << 20)

static uint64_t cell(const struct scene *scene, long index)
{
    return scene->regions[CELLS].start + (uint64_t)index * PAGE;
}

static void expect(const struct scene *scene, const struct sharing *sharing,
                   long first, long count, enum page_state state)
{
    for (long i = first; i < first + count; i++)
        assert_int_equal(sharing_state(sharing, cell(scene, i)), state);
}

static struct sharing *look_at(const struct scene *scene, int member)
{
    struct sharing *sharing = sharing_new();

    assert_non_null(sharing);
    assert_int_equal(sharing_look(sharing, scene->family.pid[member]), 0);
    return sharing;
}

static void pages_are_shared_or_own(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, CELLS_FIRST + 3, 10);
    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 2);
    struct sharing *sharing = look_at(scene, 0);
    expect(scene, sharing, 0, 3, PAGE_SHARED);
    expect(scene, sharing, 3, 10, PAGE_OWN);
    expect(scene, sharing, 13, CELLS_PAGES - 13, PAGE_SHARED);
    uint64_t marks = scene->regions[MARKS].start;
    assert_int_equal(sharing_state(sharing, marks), PAGE_SHARED);
    assert_int_equal(sharing_state(sharing, marks + MARKS_INHERITED * PAGE),
                     PAGE_OWN);
    assert_int_equal(
        sharing_state(sharing, marks + (MARKS_INHERITED + 2) * PAGE),
        PAGE_UNKNOWN);
    /* A page of a file counts where it may be written, shared memory never. */
    assert_true(
        page_is_shared(sharing_state(sharing, scene->regions[ZERO].start)));
    assert_int_equal(sharing_state(sharing, scene->regions[COMMON].start),
                     PAGE_UNKNOWN);
    assert_int_equal(sharing_state(sharing, scene->regions[TEXT].start),
                     PAGE_UNKNOWN);
    sharing_free(sharing);
}

static int compare(struct sharing *sharing, pid_t pid)
{
    int pagemap = pagemap_open(pid);

    assert_true(pagemap >= 0);
    int result = sharing_compare(sharing, pid, pagemap);
    close(pagemap);
    return result;
}

static void writes_that_were_not_told_are_found(void **state)
{
    const struct scene *scene = *state;
    enum page_state untold =
        ledger_frames_known(scene->ledger) ? PAGE_COPIED : PAGE_EXCLUSIVE;
    struct sharing *sharing = look_at(scene, 0);
    uint64_t counts[PAGE_STATES];

    in_worker(scene, 0, write_pages, CELLS_FIRST, 20);
    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 2);
    for (long i = 0; i < 15; i++)
        assert_int_equal(sharing_own(sharing, cell(scene, i), 0), 0);
    assert_int_equal(compare(sharing, scene->family.pid[0]), 0);
    expect(scene, sharing, 0, 15, PAGE_OWN);
    expect(scene, sharing, 15, 5, untold);
    expect(scene, sharing, 20, CELLS_PAGES - 20, PAGE_SHARED);
    uint64_t new = scene->regions[MARKS].start + MARKS_INHERITED *PAGE;
    assert_int_equal(sharing_state(sharing, new + PAGE), PAGE_UNTOLD);
    assert_int_equal(sharing_state(sharing, new + 2 * PAGE), PAGE_UNKNOWN);
    /* A record that comes late still tells. */
    assert_true(page_is_shared(untold));
    assert_int_equal(sharing_own(sharing, cell(scene, 15), 0), 0);
    sharing_count(sharing, counts);
    assert_in_range(counts[untold], 4, 4 + 8); /* and its stack's */
    assert_int_equal(counts[PAGE_RESHARED], 0);
    sharing_free(sharing);
}

static void pages_that_others_left_are_told_apart_by_frames(void **state)
{
    struct scene *scene = *state;
    struct sharing *sharing = look_at(scene, 0);

    family_end(&scene->family, 1);
    family_end(&scene->family, 2);
    family_end(&scene->family, FAMILY_TEMPLATE);
    assert_int_equal(compare(sharing, scene->family.pid[0]), 0);
    expect(scene, sharing, 0, CELLS_PAGES,
           ledger_frames_known(scene->ledger) ? PAGE_LEFT_ALONE
                                              : PAGE_EXCLUSIVE);
    sharing_free(sharing);
}

static void find(const struct scene *scene, struct sharing *sharing,
                 const struct sharing *later)
{
    pid_t pid = scene->family.pid[0];
    int pagemap = pagemap_open(pid);
    struct sharing *found = sharing_new();

    assert_true(pagemap >= 0);
    assert_non_null(found);
    assert_int_equal(sharing_find(sharing, pid, pagemap, found), 0);
    assert_int_equal(sharing_add(sharing, found, later), 0);
    sharing_free(found);
    close(pagemap);
}

static void pages_that_came_untold_are_found(void **state)
{
    const struct scene *scene = *state;
    struct sharing *sharing = look_at(scene, 0), *later = sharing_new();
    uint64_t marks = scene->regions[MARKS].start + MARKS_INHERITED * PAGE;
    /* One beside that which came later, and in a huge page with it. */
    bool first = (marks + PAGE) % HUGE_PAGE == 0;
    uint64_t beside = first ? marks + 2 * PAGE : marks;

    assert_non_null(later);
    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 4);
    assert_int_equal(sharing_own(later, marks + PAGE, 0), 0);
    find(scene, sharing, later);
    assert_int_equal(sharing_state(sharing, marks), PAGE_OWN);
    assert_int_equal(sharing_state(sharing, marks + PAGE), PAGE_UNKNOWN);
    assert_int_equal(sharing_state(sharing, marks + 2 * PAGE), PAGE_OWN);
    expect(scene, sharing, 0, CELLS_PAGES, PAGE_SHARED);
    sharing_free(sharing);
    /* Where there was nothing, a huge page may have come later. */
    sharing = sharing_new();
    assert_non_null(sharing);
    find(scene, sharing, later);
    assert_int_equal(sharing_state(sharing, beside), PAGE_UNKNOWN);
    sharing_free(sharing);
    sharing_free(later);
}

static int is_behind(const struct scene *scene, int member,
                     struct sharing *sharing)
{
    pid_t pid = scene->family.pid[member];
    int pagemap = pagemap_open(pid);

    assert_true(pagemap >= 0);
    int result = sharing_is_behind(sharing, pid, pagemap);
    close(pagemap);
    return result;
}

static void own_pages_that_are_shared_tell_of_a_fork(void **state)
{
    const struct scene *scene = *state;
    struct sharing *sharing = look_at(scene, 0);

    in_worker(scene, 0, write_pages, CELLS_FIRST, 1);
    assert_int_equal(sharing_own(sharing, cell(scene, 0), 0), 0);
    assert_int_equal(is_behind(scene, 0, sharing), 0);
    /* As if it had been, until a fork that was not told. */
    assert_int_equal(sharing_own(sharing, cell(scene, 1), 0), 0);
    assert_int_equal(is_behind(scene, 0, sharing), 1);
    sharing_free(sharing);
}

static void forking_shares_all(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, CELLS_FIRST, 10);
    struct sharing *parent = look_at(scene, 0);
    struct sharing *child = sharing_fork(parent);
    assert_non_null(child);
    expect(scene, parent, 0, 10, PAGE_RESHARED);
    expect(scene, parent, 10, CELLS_PAGES - 10, PAGE_SHARED);
    expect(scene, child, 0, CELLS_PAGES, PAGE_SHARED);
    /* Each goes its own way from here. */
    assert_int_equal(sharing_own(child, cell(scene, 0), 0), 0);
    expect(scene, parent, 0, 1, PAGE_RESHARED);
    /* Children that leave are no sign of a write. */
    assert_int_equal(compare(parent, scene->family.pid[0]), 0);
    expect(scene, parent, 0, 10, PAGE_RESHARED);
    sharing_free(parent);
    sharing_free(child);
}

static void processes_that_are_gone_are_refused(void **state)
{
    struct scene *scene = *state;
    struct sharing *sharing = look_at(scene, 1);
    pid_t pid = scene->family.pid[1], other = scene->family.pid[0];
    int pagemap = pagemap_open(pid);

    assert_true(pagemap >= 0);
    family_end(&scene->family, 1);
    assert_int_equal(sharing_compare(sharing, pid, pagemap), -ESRCH);
    /* As if another had its pid by now. */
    assert_int_equal(sharing_compare(sharing, other, pagemap), -ESRCH);
    close(pagemap);
    assert_int_equal(sharing_look(sharing, pid), -ESRCH);
    expect(scene, sharing, 0, CELLS_PAGES, PAGE_UNKNOWN);
    sharing_free(sharing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(pages_are_shared_or_own),
        IN_SCENE(writes_that_were_not_told_are_found),
        IN_SCENE(pages_that_others_left_are_told_apart_by_frames),
        IN_SCENE(pages_that_came_untold_are_found),
        IN_SCENE(own_pages_that_are_shared_tell_of_a_fork),
        IN_SCENE(forking_shares_all),
        IN_SCENE(processes_that_are_gone_are_refused),
    };

    return cmocka_run_group_tests_name("live-sharing", tests, NULL, NULL);
}
