/* scene.h: a family whose template has touched pages of every kind, and what
 * tests ask of it.  The functions assert that they succeed. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "smaps/pagemap.h"
#include "smaps/sampler.h"
#include "tests/family.h"

#define PAGE ((uint64_t)PAGEMAP_PAGE_SIZE)

/* The area, in pages.  Guard pages lie between the regions, so that the kernel
 * does not merge their mappings. */
enum {
    CELLS_FIRST = 0,
    CELLS_PAGES = 64, /* all written by the template */
    MARKS_FIRST = 65,
    MARKS_PAGES = 16,
    MARKS_INHERITED = 8, /* written by the template, the first of them */
    ZERO_FIRST = 82,
    ZERO_PAGES = 4, /* only read by the template */
    FILE_FIRST = 87,
    FILE_PAGES = 8,
    FILE_INHERITED = 6, /* read by the template, the first of them */
    COMMON_FIRST = 96,
    COMMON_PAGES = 4, /* shared memory */
    TEXT_FIRST = 101,
    TEXT_PAGES = 2, /* of a file that may not be written */
    AREA_PAGES = 103,
};

enum { CELLS, MARKS, ZERO, FILES, COMMON, TEXT, REGIONS, OTHER = REGIONS };

struct scene {
    struct family family;
    struct region regions[REGIONS];
    struct ledger *ledger;
};

/* Tasks for the members: the first page of the area and how many. */
family_task write_pages, read_pages, unmap_pages, discard_pages;
family_task forbid_pages; /* no access from now on */
family_task read_only_pages;
family_task map_hole;   /* a private file, all of it a hole, over them */
family_task map_common; /* fresh shared memory over them */

/* Setup and teardown of a cmocka test: the state is a struct scene whose ledger
 * is open and whose workers are forked. */
int open_scene(void **state);
int close_scene(void **state);

#define IN_SCENE(test)                                                         \
    cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

/* Names pages of the area as a region. */
void place_region(struct scene *scene, int index, const char *name,
                  uint64_t first, uint64_t pages);

/* Has the template or a worker do a task. */
void in_template(const struct scene *scene, family_task *task, long first,
                 long count);
void in_worker(const struct scene *scene, int worker, family_task *task,
               long first, long count);

/* Broken and new pages over all regions. */
uint64_t own_pages(const struct sample *sample);

/* Takes a sample and checks what holds of every one of a quiet worker.  The
 * caller clears it. */
struct sample look(const struct scene *scene, int worker);

#endif
