/* live-ledger.c: the ledger on live processes whose pages are known by
 * construction: a template with three workers, which touch what they are told
 * to. */
#include "smaps/pagemap.h"
#include "smaps/scan.h"
#include "smaps/walk.h"
#include "tests/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* The counts of one region, shared and moved left out. */
static void expect_pages(const struct scene *scene, int worker, int region,
                         uint64_t broken, uint64_t new_pages, uint64_t gone)
{
    struct sample sample = look(scene, worker);
    const struct page_counts *pages = &sample.pages[region];

    assert_int_equal(pages->broken, broken);
    assert_int_equal(pages->new_pages, new_pages);
    assert_int_equal(pages->gone, gone);
    assert_int_equal(pages->swapped, 0);
    sample_clear(&sample);
}

static void inherited_pages_are_those_the_template_touched(void **state)
{
    const struct scene *scene = *state;
    const uint64_t *inherited = ledger_inherited(scene->ledger);

    assert_int_equal(ledger_region_count(scene->ledger), REGIONS);
    assert_int_equal(inherited[CELLS], CELLS_PAGES);
    assert_int_equal(inherited[MARKS], MARKS_INHERITED);
    assert_int_equal(inherited[ZERO], ZERO_PAGES);
    /* The kernel maps neighbours of a page of a file together with it. */
    assert_in_range(inherited[FILES], FILE_INHERITED, FILE_PAGES);
    assert_int_equal(inherited[COMMON], 0);
    assert_int_equal(inherited[TEXT], 0);
    assert_true(inherited[OTHER] > 0);
    for (int worker = 0; worker < FAMILY_WORKERS; worker++) {
        for (int region = CELLS; region < OTHER; region++)
            expect_pages(scene, worker, region, 0, 0, 0);
    }
}

static void pages_written_by_one_worker_are_its_broken_pages(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 10);
    in_worker(scene, 1, write_pages, MARKS_FIRST + 7, 1);
    expect_pages(scene, 0, CELLS, 0, 0, 0);
    expect_pages(scene, 1, CELLS, 10, 0, 0);
    expect_pages(scene, 1, MARKS, 1, 0, 0);
    expect_pages(scene, 2, CELLS, 0, 0, 0);
    expect_pages(scene, 2, MARKS, 0, 0, 0);
    /* Reading breaks nothing, a second write nothing more. */
    in_worker(scene, 2, read_pages, CELLS_FIRST, CELLS_PAGES);
    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 10);
    expect_pages(scene, 2, CELLS, 0, 0, 0);
    expect_pages(scene, 1, CELLS, 10, 0, 0);
}

static void pages_touched_first_after_the_fork_are_new(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 5);
    in_worker(scene, 2, read_pages, MARKS_FIRST + MARKS_INHERITED, 5);
    expect_pages(scene, 0, MARKS, 0, 5, 0);
    expect_pages(scene, 1, MARKS, 0, 0, 0);
    expect_pages(scene, 2, MARKS, 0, 0, 0);
    expect_pages(scene, 0, CELLS, 0, 0, 0);
}

static void pages_given_back_are_gone(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, unmap_pages, CELLS_FIRST, 5);
    in_worker(scene, 0, discard_pages, CELLS_FIRST + 10, 3);
    expect_pages(scene, 0, CELLS, 0, 0, 8);
    expect_pages(scene, 1, CELLS, 0, 0, 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST + 10, 1);
    expect_pages(scene, 0, CELLS, 1, 0, 7);
    in_worker(scene, 0, unmap_pages, FILE_FIRST, FILE_PAGES);
    expect_pages(scene, 0, FILES, 0, 0, ledger_inherited(scene->ledger)[FILES]);
}

struct visited {
    uint64_t fates[FATE_COUNT], moved, last;
};

static int visit_page(uint64_t address, enum page_fate fate,
                      const struct page_entries *entries, void *context)
{
    struct visited *visited = context;

    assert_true(address > visited->last);
    visited->last = address;
    visited->fates[fate]++;
    visited->moved += fate_moved(entries->inherited, entries->own);
    return fate == FATE_GONE ? 17 : 0;
}

static void a_visit_tells_each_page(void **state)
{
    const struct scene *scene = *state;
    struct visited visited = {0};

    in_worker(scene, 0, write_pages, CELLS_FIRST, 10);
    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 5);
    in_worker(scene, 0, unmap_pages, CELLS_FIRST + 40, 3);
    struct sample sample = look(scene, 0);
    struct page_counts sum = page_counts_sum(sample.pages, REGIONS + 1);
    assert_int_equal(
        ledger_visit(scene->ledger, scene->family.pid[0], visit_page, &visited),
        0);
    assert_int_equal(visited.fates[FATE_SHARED], sum.shared);
    assert_int_equal(visited.fates[FATE_BROKEN], sum.broken);
    assert_int_equal(visited.fates[FATE_NEW], sum.new_pages);
    assert_int_equal(visited.fates[FATE_NONE], 0);
    assert_int_equal(visited.moved, sum.moved);
    assert_int_equal(visited.fates[FATE_GONE], 0); /* of no mapping any more */
    sample_clear(&sample);
    in_worker(scene, 0, discard_pages, CELLS_FIRST + 20, 2);
    visited = (struct visited){0};
    assert_int_equal(
        ledger_visit(scene->ledger, scene->family.pid[0], visit_page, &visited),
        17);
    assert_int_equal(visited.last, scene->regions[CELLS].start + 20 * PAGE);
}

static void forbidden_pages_are_still_counted(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, CELLS_FIRST, 2);
    in_worker(scene, 0, forbid_pages, CELLS_FIRST, CELLS_PAGES);
    expect_pages(scene, 0, CELLS, 2, 0, 0);
    in_worker(scene, 0, write_pages, MARKS_FIRST + MARKS_INHERITED, 4);
    in_worker(scene, 0, forbid_pages, MARKS_FIRST + MARKS_INHERITED, 4);
    expect_pages(scene, 0, MARKS, 0, 4, 0);
}

static void zero_pages_are_inherited_and_break(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, read_pages, ZERO_FIRST, ZERO_PAGES);
    expect_pages(scene, 0, ZERO, 0, 0, 0);
    in_worker(scene, 0, write_pages, ZERO_FIRST + 1, 2);
    expect_pages(scene, 0, ZERO, 2, 0, 0);
    expect_pages(scene, 1, ZERO, 0, 0, 0);
}

static void pages_of_a_private_file_break_by_writing(void **state)
{
    const struct scene *scene = *state;
    uint64_t inherited = ledger_inherited(scene->ledger)[FILES];

    struct sample sample = look(scene, 0);
    assert_int_equal(sample.pages[FILES].shared, inherited);
    sample_clear(&sample);
    in_worker(scene, 0, read_pages, FILE_FIRST, FILE_INHERITED);
    expect_pages(scene, 0, FILES, 0, 0, 0);
    in_worker(scene, 0, write_pages, FILE_FIRST + 2, 3);
    expect_pages(scene, 0, FILES, 3, 0, 0);
    expect_pages(scene, 1, FILES, 0, 0, 0);
}

static void shared_memory_is_left_out(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, COMMON_FIRST, COMMON_PAGES);
    struct sample sample = look(scene, 0);
    struct page_counts none = {0};
    assert_memory_equal(&sample.pages[COMMON], &none, sizeof none);
    sample_clear(&sample);
    /* Nor does it stand for the pages it was put over. */
    in_worker(scene, 0, map_common, FILE_FIRST, FILE_PAGES);
    in_worker(scene, 0, write_pages, FILE_FIRST, FILE_PAGES);
    expect_pages(scene, 0, FILES, 0, 0, ledger_inherited(scene->ledger)[FILES]);
}

/* A worker maps shared memory of its own: dirty, private, and not ours. */
static void lone_file_pages_are_counted_apart(void **state)
{
    const struct scene *scene = *state;

    struct sample before = look(scene, 0);
    in_worker(scene, 0, map_common, MARKS_FIRST, MARKS_PAGES);
    in_worker(scene, 0, write_pages, MARKS_FIRST, 7);
    struct sample after = look(scene, 0);
    assert_true(after.lone_file_pages >= before.lone_file_pages + 7);
    assert_int_equal(after.pages[MARKS].new_pages, 0);
    assert_int_equal(after.pages[MARKS].gone, MARKS_INHERITED);
    sample_clear(&before);
    sample_clear(&after);
}

static void growth_of_private_dirty_is_broken_plus_new(void **state)
{
    const struct scene *scene = *state;

    struct sample before = look(scene, 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 40);
    in_worker(scene, 0, write_pages, MARKS_FIRST, MARKS_PAGES);
    struct sample after = look(scene, 0);
    assert_int_equal(after.totals.private_dirty - before.totals.private_dirty,
                     (own_pages(&after) - own_pages(&before)) * PAGE);
    assert_true(own_pages(&after) - own_pages(&before) >= 40 + MARKS_PAGES);
    sample_clear(&before);
    sample_clear(&after);
}

/* The trap: whoever holds a page last reads as having broken it. */
static void the_last_holder_reads_broken_without_writing(void **state)
{
    struct scene *scene = *state;

    family_end(&scene->family, 1);
    family_end(&scene->family, 2);
    expect_pages(scene, 0, CELLS, 0, 0, 0);
    family_end(&scene->family, FAMILY_TEMPLATE);
    /* Not look(): without the template this process is the other holder, and
     * what it writes between the two readings changes the second. */
    struct sample sample;
    assert_int_equal(sample_take(scene->ledger, scene->family.pid[0], &sample),
                     0);
    assert_int_equal(sample.pages[CELLS].broken, CELLS_PAGES);
    assert_int_equal(sample.pages[CELLS].moved, 0);
    sample_clear(&sample);
}

static void frames_agree_with_the_exclusive_bit(void **state)
{
    const struct scene *scene = *state;

    in_worker(scene, 0, write_pages, CELLS_FIRST + 5, 20);
    in_worker(scene, 0, write_pages, ZERO_FIRST, 1);
    in_worker(scene, 0, write_pages, FILE_FIRST, 2);
    in_worker(scene, 1, write_pages, CELLS_FIRST, CELLS_PAGES);
    if (!ledger_frames_known(scene->ledger)) {
        print_message("# only root sees page frames\n");
        skip();
    }
    for (int worker = 0; worker < FAMILY_WORKERS; worker++) {
        struct sample sample = look(scene, worker);
        for (int region = CELLS; region < OTHER; region++)
            assert_int_equal(sample.pages[region].moved,
                             sample.pages[region].broken);
        sample_clear(&sample);
    }
    expect_pages(scene, 0, CELLS, 20, 0, 0);
    expect_pages(scene, 0, ZERO, 1, 0, 0);
    expect_pages(scene, 0, FILES, 2, 0, 0);
}

/* ---- Mostly empty mappings ----------------------------------------------- */

enum {
    VAST_PAGES = (int)(2 * WALK_SPARSE_BYTES / PAGEMAP_PAGE_SIZE),
    VAST_MIDDLE = VAST_PAGES / 2,
};

/* A family with one vast region, in which nothing is touched yet. */
static int open_vast(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    *state = &scene;
    family_start(&scene.family, VAST_PAGES * PAGE);
    place_region(&scene, CELLS, "vast", 0, VAST_PAGES);
    return 0;
}

static void fork_vast(struct scene *scene)
{
    assert_int_equal(ledger_open(scene->family.pid[FAMILY_TEMPLATE],
                                 scene->regions, 1, &scene->ledger),
                     0);
    family_fork(&scene->family);
}

static void expect_vast(const struct scene *scene, uint64_t shared,
                        uint64_t broken, uint64_t new_pages)
{
    struct sample sample;

    assert_int_equal(sample_take(scene->ledger, scene->family.pid[0], &sample),
                     0);
    assert_int_equal(sample.pages[0].shared, shared);
    assert_int_equal(sample.pages[0].broken, broken);
    assert_int_equal(sample.pages[0].new_pages, new_pages);
    assert_int_equal(sample.pages[0].gone, 0);
    sample_clear(&sample);
}

static void a_vast_mapping_is_counted_exactly(void **state)
{
    struct scene *scene = *state;

    in_template(scene, write_pages, 0, 3);
    for (long i = 0; i < 700; i++)
        in_template(scene, write_pages, VAST_MIDDLE + 2 * i, 1);
    in_template(scene, write_pages, VAST_PAGES - 1, 1);
    fork_vast(scene);
    assert_int_equal(ledger_inherited(scene->ledger)[0], 3 + 700 + 1);
    in_worker(scene, 0, write_pages, VAST_MIDDLE, 1400);
    in_worker(scene, 0, write_pages, VAST_PAGES - 2, 2);
    expect_vast(scene, 3, 700 + 1, 700 + 1);
    in_worker(scene, 0, forbid_pages, 0, VAST_PAGES);
    expect_vast(scene, 3, 700 + 1, 700 + 1);
}

static void untouched_pages_of_a_vast_file_are_shared(void **state)
{
    struct scene *scene = *state;

    in_template(scene, map_hole, 0, VAST_PAGES);
    in_template(scene, read_pages, VAST_MIDDLE, 2);
    fork_vast(scene);
    uint64_t inherited = ledger_inherited(scene->ledger)[0];
    assert_true(inherited >= 2);
    expect_vast(scene, inherited, 0, 0);
    in_worker(scene, 0, write_pages, VAST_MIDDLE, 1);
    expect_vast(scene, inherited - 1, 1, 0);
}

static void reserved_address_space_is_passed_over(void **state)
{
    struct scene *scene = *state;

    fork_vast(scene);
    in_worker(scene, 0, write_pages, VAST_MIDDLE, 5);
    expect_vast(scene, 0, 0, 5);
    in_worker(scene, 0, forbid_pages, 0, VAST_PAGES);
    expect_vast(scene, 0, 0, 0);
}

struct walked {
    size_t pieces, entries;
};

/* A walk_visitor. */
static int count_walked(const struct mapping *mapping, uint64_t address,
                        const uint64_t *entries, size_t count, void *context)
{
    struct walked *walked = context;

    (void)mapping, (void)address, (void)entries;
    walked->pieces++;
    walked->entries += count;
    return 0;
}

/* A collector's bitmap for twice 64 GiB of objects has so many. */
enum { BITMAP_PAGES = 1 << 18 };

/* What a look costs depends on what is there, not on what is reserved for it:
 * the empty parts of a vast mapping are not read, and pages with small gaps
 * between them are read at once. */
static void a_vast_mapping_is_read_where_it_is_populated(void **state)
{
    static uint64_t buffer[WALK_ENTRIES];
    char *area = mmap(NULL, BITMAP_PAGES * PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int pagemap = pagemap_open(getpid());
    struct walked walked = {0};
    struct page_range range;
    uint64_t resume;

    (void)state;
    assert_true(area != MAP_FAILED && pagemap >= 0);
    madvise(area, BITMAP_PAGES * PAGE, MADV_NOHUGEPAGE);
    struct mapping mapping = {.start = (uintptr_t)area,
                              .end = (uintptr_t)area + BITMAP_PAGES * PAGE,
                              .readable = true,
                              .writable = true};
    for (long i = 0; i < 700; i++)
        area[(BITMAP_PAGES / 2 + 2 * i) * PAGE] = 1;
    area[(BITMAP_PAGES - 1) * PAGE] = 1;
    if (scan_populated(pagemap, mapping.start, mapping.end, &range, 1,
                       &resume) >= 0) {
        assert_int_equal(
            walk_mapping(pagemap, &mapping, buffer, count_walked, &walked), 0);
        assert_in_range(walked.entries, 701, 1400);
        assert_in_range(walked.pieces, 2, 3);
    } else
        print_message("skipped: the kernel has no PAGEMAP_SCAN\n");
    close(pagemap);
    munmap(area, BITMAP_PAGES * PAGE);
}

#define IN_VAST(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_vast, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(inherited_pages_are_those_the_template_touched),
        IN_SCENE(pages_written_by_one_worker_are_its_broken_pages),
        IN_SCENE(pages_touched_first_after_the_fork_are_new),
        IN_SCENE(pages_given_back_are_gone),
        IN_SCENE(a_visit_tells_each_page),
        IN_SCENE(forbidden_pages_are_still_counted),
        IN_SCENE(zero_pages_are_inherited_and_break),
        IN_SCENE(pages_of_a_private_file_break_by_writing),
        IN_SCENE(shared_memory_is_left_out),
        IN_SCENE(lone_file_pages_are_counted_apart),
        IN_SCENE(growth_of_private_dirty_is_broken_plus_new),
        IN_SCENE(the_last_holder_reads_broken_without_writing),
        IN_SCENE(frames_agree_with_the_exclusive_bit),
        IN_VAST(a_vast_mapping_is_counted_exactly),
        IN_VAST(untouched_pages_of_a_vast_file_are_shared),
        IN_VAST(reserved_address_space_is_passed_over),
        cmocka_unit_test(a_vast_mapping_is_read_where_it_is_populated),
    };

    return cmocka_run_group_tests_name("live-ledger", tests, NULL, NULL);
}
