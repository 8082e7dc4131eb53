/* unit-heap.c: the parts of heap/, each on its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "heap/extents.h"
#include "heap/mark-hash.h"
#include "heap/window.h"
#include "subjects/c/layout.h"

static unsigned exhausted; /* how often the heap asked for a collection */

static void heap_exhausted(void)
{
    exhausted++;
    heap.handed_out = 0;
}

static bool heap_sweep_for(struct cells *cells, unsigned size_class)
{
    (void)cells;
    (void)size_class;
    return false;
}

/* As much of a collector as the layout asks for. */
const struct collector collector = {
    .each_region = heap_each_region,
    .each_extent = heap_each_extent,
    .mark_of = mark_of,
};

/* Every test has a fresh heap. */
static int open_heap(void **state)
{
    (void)state;
    memset(&heap, 0, sizeof heap);
    option_reserve = INT64_C(64) << 20;
    heap_open();
    exhausted = 0;
    return 0;
}

static int close_heap(void **state)
{
    (void)state;
    heap_close();
    return 0;
}

#define IN_HEAP(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_heap, close_heap)

/* Single pages that the kernel puts between the regions must survive them. */
static void regions_end_without_harm_to_their_neighbours(void **state)
{
    enum { COUNT = 40 };
    struct region regions[COUNT];
    char *pages[COUNT];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        region_open(&regions[i], "test", REGION_OBJECTS, 1 << 20);
        assert_int_equal((uintptr_t)regions[i].start % REGION_ALIGNED, 0);
        region_commit(&regions[i], 1 << 20);
        memset(regions[i].start, i, regions[i].committed);
        pages[i] = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(pages[i], MAP_FAILED);
        pages[i][0] = (char)i;
    }
    for (int i = 0; i < COUNT; i++) {
        region_close(&regions[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        unsigned char resident;
        assert_int_equal(mincore(pages[i], PAGE_BYTES, &resident), 0);
        assert_int_equal(pages[i][0], i);
        munmap(pages[i], PAGE_BYTES);
    }
}

static void discarded_memory_reads_as_zero(void **state)
{
    struct region region;
    (void)state;
    region_open(&region, "test", "mark", 1 << 20);
    region_commit(&region, 3 * PAGE_BYTES);
    memset(region.start, 7, 3 * PAGE_BYTES);
    region_discard(&region, PAGE_BYTES);
    assert_int_equal(region.start[PAGE_BYTES - 1], 7);
    assert_int_equal(region.start[PAGE_BYTES], 0);
    region_close(&region);
}

static void size_classes_hold_what_they_say(void **state)
{
    (void)state;
    for (size_t bytes = 1; bytes <= CELL_MAX_BYTES; bytes++) {
        unsigned size_class = size_class_of(bytes);
        size_t cell = size_class_bytes(size_class);
        assert_true(size_class < SIZE_CLASS_COUNT);
        assert_true(cell >= bytes);
        assert_int_equal(cell % OBJECT_GRANULE, 0);
        assert_true(size_class == 0 ||
                    size_class_bytes(size_class - 1) < bytes);
        assert_true(bytes <= 256 || cell - bytes < cell / 5 + 1);
    }
    assert_int_equal(size_class_bytes(SIZE_CLASS_COUNT - 1), CELL_MAX_BYTES);
}

static int compare_addresses(const void *left, const void *right)
{
    uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
    return (a > b) - (a < b);
}

static void cells_do_not_overlap(void **state)
{
    enum { COUNT = 5000, BYTES = 320 };
    static uintptr_t cells[COUNT];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        cells[i] = (uintptr_t)heap_take(&heap.small, &heap.large, BYTES);
        assert_true(region_holds(&heap.small.region, (void *)cells[i]));
    }
    qsort(cells, COUNT, sizeof *cells, compare_addresses);
    for (int i = 1; i < COUNT; i++) {
        assert_true(cells[i] - cells[i - 1] >= BYTES);
    }
}

static void released_cells_come_back_before_new_blocks(void **state)
{
    enum { COUNT = 3000, BYTES = 64 };
    static void *cells[COUNT];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        cells[i] = heap_take(&heap.small, &heap.large, BYTES);
    }
    uint32_t blocks = heap.small.block_count;
    cells_flush(&heap.small);
    for (int i = 0; i < COUNT; i += 2) {
        cells_release(&heap.small, cells[i]);
    }
    assert_int_equal(cells_rebuild(&heap.small), COUNT / 2 * BYTES);
    for (int i = 0; i < COUNT / 2; i++) {
        heap_take(&heap.small, &heap.large, BYTES);
    }
    assert_int_equal(heap.small.block_count, blocks);
}

static void an_empty_block_serves_another_class(void **state)
{
    (void)state;
    void *cell = heap_take(&heap.small, &heap.large, 64);
    cells_flush(&heap.small);
    cells_release(&heap.small, cell);
    assert_int_equal(cells_rebuild(&heap.small), 0);
    heap_take(&heap.small, &heap.large, 4096);
    assert_int_equal(heap.small.block_count, 1);
}

static void large_runs_fill_gaps_that_are_wide_enough(void **state)
{
    struct large *large = &heap.large;
    (void)state;
    char *first = large_take(large, 3 * PAGE_BYTES);
    char *second = large_take(large, 5 * PAGE_BYTES);
    char *third = large_take(large, 1);
    assert_ptr_equal(second, first + 3 * PAGE_BYTES);
    assert_ptr_equal(third, second + 5 * PAGE_BYTES);
    large_release(large, second);
    assert_int_equal(large_rebuild(large), 4 * PAGE_BYTES);
    assert_ptr_equal(large_take(large, 4 * PAGE_BYTES), second);
    assert_ptr_equal(large_take(large, 2 * PAGE_BYTES), third + PAGE_BYTES);
}

static void the_budget_asks_for_a_collection(void **state)
{
    (void)state;
    heap.budget = 1 << 20;
    for (int i = 0; i < 100; i++) {
        heap_take(&heap.small, &heap.large, 64 << 10);
    }
    assert_in_range(exhausted, 5, 7);
}

static void expect_number(const char *name, uint64_t value, void *context)
{
    static const struct {
        const char *name;
        uint64_t value;
    } expected[] = {
        {"objects", 101},
        {"object_bytes", 6400 + 5 * PAGE_BYTES + HEADER_BYTES},
        {"buffer_bytes", 0},
        {"object_pages", 2 + 6},
        {"header_pages", 2 + 1},
        {"mark_pages", 0},
        {"side_mark_pages", 0},
        {"free_cells", 0},
        {"free_cell_pages", 0},
    };
    size_t i = 0;
    (void)context;
    while (i < LENGTH(expected) && strcmp(expected[i].name, name) != 0) {
        i++;
    }
    assert_true(i < LENGTH(expected));
    assert_int_equal(value, expected[i].value);
}

static void the_layout_counts_pages_once(void **state)
{
    struct shape small = {0, 0, 64 - HEADER_BYTES};
    struct shape large = {0, 0, 5 * PAGE_BYTES};
    (void)state;
    for (int i = 0; i < 100; i++) { /* 6400 bytes: two pages */
        struct object *object =
            heap_take(&heap.small, &heap.large, shape_bytes(small));
        object->header = header_make(small, 0);
    }
    struct object *object =
        heap_take(&heap.small, &heap.large, shape_bytes(large));
    object->header = header_make(large, 0);
    layout_visit(expect_number, NULL);
}

static void the_hash_table_remembers_through_its_doublings(void **state)
{
    enum { COUNT = 50000 };
    char *base = heap.objects.start;
    (void)state;
    mark_open();
    mark_begin();
    for (size_t i = 0; i < COUNT; i++) {
        struct object *object = (struct object *)(base + i * i % 65521 * 16);
        bool seen = mark_sweep_keeps(object);
        assert_int_equal(mark_test_and_set(object), seen);
        assert_true(mark_sweep_keeps(object));
        assert_true(mark_test_and_set(object));
    }
    assert_false(mark_sweep_keeps((struct object *)(base + 65521 * 16)));
    mark_end();
    assert_true(marks.bytes > MARK_TABLE_LEAST);
    mark_begin();
    assert_false(mark_sweep_keeps((struct object *)base));
    mark_close();
}

/* However full it is when it moves, and whatever part of it is alive, the
 * window stays in its reserve and what is copied has room. */
static void a_window_stays_in_its_reserve(void **state)
{
    (void)state;
    window_open(40 * REGION_ALIGNED);
    for (size_t turn = 0; turn < 2000; turn++) {
        size_t made = turn * 7919 % 1300;
        while (made-- > 0 && window_take(1008) != NULL) {
            assert_true((size_t)(window.usable - window_objects.start) <=
                        window_objects.reserved);
        }
        size_t alive = (size_t)(window.next - window.start) / 1008 *
                       (turn * turn % 61) / 60;
        struct window old = window_turn();
        for (size_t i = 0; i < alive; i++) {
            assert_non_null(window_take(1008));
        }
        assert_true(window.usable <= old.start || window.start >= old.usable);
        assert_true((size_t)(window.usable - window_objects.start) <=
                    window_objects.reserved);
        window_retire(&old);
    }
    window_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_end_without_harm_to_their_neighbours),
        cmocka_unit_test(discarded_memory_reads_as_zero),
        cmocka_unit_test(size_classes_hold_what_they_say),
        IN_HEAP(cells_do_not_overlap),
        IN_HEAP(released_cells_come_back_before_new_blocks),
        IN_HEAP(an_empty_block_serves_another_class),
        IN_HEAP(large_runs_fill_gaps_that_are_wide_enough),
        IN_HEAP(the_budget_asks_for_a_collection),
        IN_HEAP(the_layout_counts_pages_once),
        IN_HEAP(the_hash_table_remembers_through_its_doublings),
        cmocka_unit_test(a_window_stays_in_its_reserve),
    };
    return cmocka_run_group_tests_name("unit-heap", tests, NULL, NULL);
}
