/* blame-pages.h: which broken page stands in which row of the blame, as text.
 *
 * For each area (page-areas.h) runs of pages in address order, with a space in
 * between: "12+3=7 40=0" says that the pages 12, 13 and 14 of the area, counted
 * from its first, are of row 7, and page 40 is of row 0.  Pages whose first
 * write was not seen are left out. */
#ifndef HARNESS_BLAME_PAGES_H
#define HARNESS_BLAME_PAGES_H

#include <jansson.h>

#include "harness/blame-account.h"
#include "harness/page-areas.h"

/* The texts of one worker, by the areas' keys; `places` are those of the rows
 * (blame_rows_sort).  The caller releases it. */
json_t *blame_pages_json(const struct page_areas *areas,
                         const struct blame_accounts *accounts,
                         const size_t *places);

#endif
