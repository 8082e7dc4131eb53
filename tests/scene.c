/* scene.c: the tasks run in the members, all else in the test. */
#include <config.h>

#include "tests/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

long write_pages(char *area, long first, long count)
{
    for (long i = first; i < first + count; i++)
        ((volatile char *)area)[i * PAGEMAP_PAGE_SIZE] = 'w';
    return 0;
}

long read_pages(char *area, long first, long count)
{
    long sum = 0;

    for (long i = first; i < first + count; i++)
        sum += ((volatile char *)area)[i * PAGEMAP_PAGE_SIZE];
    return sum;
}

long unmap_pages(char *area, long first, long count)
{
    return munmap(area + first * PAGEMAP_PAGE_SIZE,
                  (size_t)count * PAGEMAP_PAGE_SIZE);
}

long discard_pages(char *area, long first, long count)
{
    return madvise(area + first * PAGEMAP_PAGE_SIZE,
                   (size_t)count * PAGEMAP_PAGE_SIZE, MADV_DONTNEED);
}

long forbid_pages(char *area, long first, long count)
{
    return mprotect(area + first * PAGEMAP_PAGE_SIZE,
                    (size_t)count * PAGEMAP_PAGE_SIZE, PROT_NONE);
}

/* Puts a file without a name, all of it a hole, in place of pages. */
long map_hole(char *area, long first, long count)
{
    size_t bytes = (size_t)count * PAGEMAP_PAGE_SIZE;
    int file = memfd_create("live-smaps", MFD_CLOEXEC);

    if (file < 0 || ftruncate(file, (off_t)bytes) != 0)
        return -1;
    void *mapped =
        mmap(area + first * PAGEMAP_PAGE_SIZE, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, 0);
    close(file);
    return mapped == MAP_FAILED ? -1 : 0;
}

long read_only_pages(char *area, long first, long count)
{
    return mprotect(area + first * PAGEMAP_PAGE_SIZE,
                    (size_t)count * PAGEMAP_PAGE_SIZE, PROT_READ);
}

long map_common(char *area, long first, long count)
{
    void *mapped = mmap(
        area + first * PAGEMAP_PAGE_SIZE, (size_t)count * PAGEMAP_PAGE_SIZE,
        PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    return mapped == MAP_FAILED ? -1 : 0;
}

void place_region(struct scene *scene, int index, const char *name,
                  uint64_t first, uint64_t pages)
{
    struct region *region = &scene->regions[index];

    snprintf(region->name, sizeof region->name, "%s", name);
    region->role = index == CELLS ? REGION_OBJECTS : REGION_SIDE;
    region->start = scene->family.area + first * PAGE;
    region->end = region->start + pages * PAGE;
}

void in_template(const struct scene *scene, family_task *task, long first,
                 long count)
{
    assert_true(
        family_do(&scene->family, FAMILY_TEMPLATE, task, first, count) >= 0);
}

void in_worker(const struct scene *scene, int worker, family_task *task,
               long first, long count)
{
    assert_true(family_do(&scene->family, worker, task, first, count) >= 0);
}

int open_scene(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    *state = &scene;
    family_start(&scene.family, AREA_PAGES * PAGE);
    place_region(&scene, CELLS, "cells", CELLS_FIRST, CELLS_PAGES);
    place_region(&scene, MARKS, "marks", MARKS_FIRST, MARKS_PAGES);
    place_region(&scene, ZERO, "zero", ZERO_FIRST, ZERO_PAGES);
    place_region(&scene, FILES, "file", FILE_FIRST, FILE_PAGES);
    place_region(&scene, COMMON, "common", COMMON_FIRST, COMMON_PAGES);
    place_region(&scene, TEXT, "text", TEXT_FIRST, TEXT_PAGES);
    in_template(&scene, write_pages, CELLS_FIRST, CELLS_PAGES);
    in_template(&scene, write_pages, MARKS_FIRST, MARKS_INHERITED);
    in_template(&scene, read_pages, ZERO_FIRST, ZERO_PAGES);
    in_template(&scene, map_hole, FILE_FIRST, FILE_PAGES);
    in_template(&scene, read_pages, FILE_FIRST, FILE_INHERITED);
    in_template(&scene, map_common, COMMON_FIRST, COMMON_PAGES);
    in_template(&scene, write_pages, COMMON_FIRST, COMMON_PAGES);
    in_template(&scene, map_hole, TEXT_FIRST, TEXT_PAGES);
    in_template(&scene, read_only_pages, TEXT_FIRST, TEXT_PAGES);
    in_template(&scene, read_pages, TEXT_FIRST, TEXT_PAGES);
    in_template(&scene, forbid_pages, CELLS_FIRST + CELLS_PAGES, 1);
    in_template(&scene, forbid_pages, MARKS_FIRST + MARKS_PAGES, 1);
    in_template(&scene, forbid_pages, ZERO_FIRST + ZERO_PAGES, 1);
    in_template(&scene, forbid_pages, FILE_FIRST + FILE_PAGES, 1);
    assert_int_equal(ledger_open(scene.family.pid[FAMILY_TEMPLATE],
                                 scene.regions, REGIONS, &scene.ledger),
                     0);
    family_fork(&scene.family);
    return 0;
}

int close_scene(void **state)
{
    struct scene *scene = *state;

    ledger_free(scene->ledger);
    family_stop(&scene->family);
    return 0;
}

uint64_t own_pages(const struct sample *sample)
{
    uint64_t pages = 0;

    for (int i = 0; i <= REGIONS; i++)
        pages += sample->pages[i].broken + sample->pages[i].new_pages;
    return pages;
}

struct sample look(const struct scene *scene, int worker)
{
    const uint64_t *inherited = ledger_inherited(scene->ledger);
    struct sample sample;

    assert_int_equal(
        sample_take(scene->ledger, scene->family.pid[worker], &sample), 0);
    assert_int_equal((own_pages(&sample) + sample.lone_file_pages) * PAGE,
                     smaps_uss(&sample.totals));
    for (int i = 0; i <= REGIONS; i++) {
        const struct page_counts *pages = &sample.pages[i];
        assert_int_equal(pages->shared + pages->broken + pages->swapped +
                             pages->gone,
                         inherited[i]);
    }
    assert_true(sample.cost_ns > 0);
    return sample;
}
