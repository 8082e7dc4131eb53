/* map-identical.c: see map-identical.h. */
#include "harness/map-identical.h"

#include <stdlib.h>

#include "harness/memory.h"
#include "smaps/difference.h"

struct pages {
    uint64_t *items;
    size_t count, capacity;
};

/* A ledger_visitor. */
static int add_broken(uint64_t address, enum page_fate fate,
                      const struct page_entries *entries, void *context)
{
    struct pages *pages = context;
    (void)entries;
    if (fate != FATE_BROKEN)
        return 0;
    if (pages->count == pages->capacity) {
        pages->capacity = 2 * pages->capacity + 256;
        pages->items =
            xreallocarray(pages->items, pages->capacity, sizeof *pages->items);
    }
    pages->items[pages->count++] = address;
    return 0;
}

/* A difference_visitor: keeps the pages of which not a byte differs. */
static int keep_identical(uint64_t address, const unsigned char *inherited,
                          const unsigned char *own, void *context)
{
    struct map_identical *identical = context;
    struct byte_range range = {0, 0};
    if (inherited && !difference_next(inherited, own, &range))
        identical->pages[identical->count++] = address;
    return 0;
}

void map_identical_find(struct map_identical *identical,
                        const struct ledger *ledger, pid_t template_pid,
                        pid_t pid)
{
    struct pages broken = {0};
    struct difference_counts counts = {0};
    *identical = (struct map_identical){0};
    int status = ledger_visit(ledger, pid, add_broken, &broken);
    identical->pages = xcalloc(broken.count + 1, sizeof *identical->pages);
    if (!status && broken.count)
        status = difference_visit(template_pid, pid, broken.items, broken.count,
                                  keep_identical, identical, &counts);
    identical->compared = counts.compared;
    identical->missing = counts.unreadable;
    identical->failure = status;
    if (status) /* whether there are more is not known */
        identical->count = 0;
    free(broken.items);
}

void map_identical_clear(struct map_identical *identical)
{
    free(identical->pages);
    *identical = (struct map_identical){0};
}

bool map_identical_has(struct map_identical *identical, uint64_t address)
{
    while (identical->asked < identical->count &&
           identical->pages[identical->asked] < address)
        identical->asked++;
    return identical->asked < identical->count &&
           identical->pages[identical->asked] == address;
}
