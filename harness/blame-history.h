/* blame-history.h: what became of each inherited page from sample to sample.
 *
 * Kept as the pages there were at the fork and, with each sample of a worker,
 * the map of what changed since the sample before (page-map.h): that loses
 * nothing, though pages that were given back may come again, and is small, as
 * erosion is mostly a step. */
#ifndef HARNESS_BLAME_HISTORY_H
#define HARNESS_BLAME_HISTORY_H

#include "harness/blame-contents.h"
#include "harness/invocation.h"

struct blame_history;

/* When the pages were read and before the fork: puts the inherited pages into
 * the record, with the template's contents of them.  Returns 0 and what the
 * caller frees with blame_history_free, or -1 with the record marked invalid.
 */
int blame_history_open(struct invocation *invocation,
                       const struct blame_contents *contents,
                       struct blame_history **result);

/* After a sample was taken of each worker, who are quiet still: adds the
 * changes to it.  Returns 0, or -1 with the record marked invalid. */
int blame_history_add(struct invocation *invocation,
                      struct blame_history *history);

/* The areas of all maps. */
const struct page_areas *
blame_history_areas(const struct blame_history *history);

/* A map of an area in which inherited pages that are not there are gone: those
 * that lie in no mapping any more are not met in a walk.  Takes the map; the
 * caller frees what is returned. */
char *blame_history_complete(const struct page_area *area, char *map);

void blame_history_free(struct blame_history *history);

#endif
