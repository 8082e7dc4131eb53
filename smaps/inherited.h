/* inherited.h: the template's pagemap entries of all inherited pages, by
 * address.
 *
 * The entries lie in one array.  A run is a stretch of addresses whose entries
 * follow each other there; short gaps in it hold 0, so that a heap full of
 * small holes does not fall apart into a run a page. */
#ifndef SMAPS_INHERITED_H
#define SMAPS_INHERITED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inherited_run {
    uint64_t start, end; /* addresses */
    size_t first;        /* index of its first entry */
};

/* Starts as all zero. */
struct inherited {
    struct inherited_run *runs;
    size_t run_count, run_capacity;
    uint64_t *entries;
    size_t entry_count, entry_capacity;
};

/* Adds a page; addresses come in order.  Returns 0 or -ENOMEM. */
int inherited_add(struct inherited *inherited, uint64_t address,
                  uint64_t entry);

/* The entries from an address on, 0 where a single page was not inherited;
 * NULL where none was.  `limit` is lowered to where that changes. */
const uint64_t *inherited_at(const struct inherited *inherited,
                             uint64_t address, uint64_t *limit);

/* Whether any inherited page may lie in the range. */
bool inherited_within(const struct inherited *inherited, uint64_t start,
                      uint64_t end);

void inherited_clear(struct inherited *inherited);

#endif
