/* inherited.c: runs of entries, found by halving. */
#include "smaps/inherited.h"

#include "smaps/pagemap.h"

#include <errno.h>
#include <stdlib.h>

#define GAP_PAGES      32u
#define FIRST_CAPACITY 1024u

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The first run that ends after the address, or run_count. */
static size_t run_after(const struct inherited *inherited, uint64_t address)
{
    size_t low = 0, high = inherited->run_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (inherited->runs[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const uint64_t *inherited_at(const struct inherited *inherited,
                             uint64_t address, uint64_t *limit)
{
    size_t index = run_after(inherited, address);

    if (index == inherited->run_count)
        return NULL;
    const struct inherited_run *run = &inherited->runs[index];
    if (address < run->start) {
        *limit = least(*limit, run->start);
        return NULL;
    }
    *limit = least(*limit, run->end);
    return inherited->entries + run->first +
           (address - run->start) / PAGEMAP_PAGE_SIZE;
}

/* Makes room for `more` items after the first `count`, doubling the array.
 * Returns the array or NULL. */
static void *reserve(void *items, size_t *capacity, size_t count, size_t more,
                     size_t size)
{
    size_t wanted = *capacity ? *capacity : FIRST_CAPACITY;

    if (count + more <= *capacity)
        return items;
    while (wanted < count + more)
        wanted *= 2;
    void *grown = reallocarray(items, wanted, size);
    if (grown)
        *capacity = wanted;
    return grown;
}

/* Room for one more run, and for one more entry after the longest gap. */
static int reserve_one(struct inherited *inherited)
{
    struct inherited_run *runs =
        reserve(inherited->runs, &inherited->run_capacity, inherited->run_count,
                1, sizeof *runs);
    if (!runs)
        return -ENOMEM;
    inherited->runs = runs;
    uint64_t *entries =
        reserve(inherited->entries, &inherited->entry_capacity,
                inherited->entry_count, GAP_PAGES + 1, sizeof *entries);
    if (!entries)
        return -ENOMEM;
    inherited->entries = entries;
    return 0;
}

/* The run that the address continues, a new one if it is too far away. */
static struct inherited_run *run_for(struct inherited *inherited,
                                     uint64_t address)
{
    struct inherited_run *run = inherited->runs + inherited->run_count;

    if (inherited->run_count > 0 &&
        address - run[-1].end <= GAP_PAGES * PAGEMAP_PAGE_SIZE)
        return run - 1;
    inherited->run_count++;
    *run = (struct inherited_run){address, address, inherited->entry_count};
    return run;
}

int inherited_add(struct inherited *inherited, uint64_t address, uint64_t entry)
{
    if (reserve_one(inherited))
        return -ENOMEM;
    struct inherited_run *run = run_for(inherited, address);
    for (; run->end < address; run->end += PAGEMAP_PAGE_SIZE)
        inherited->entries[inherited->entry_count++] = 0;
    inherited->entries[inherited->entry_count++] = entry;
    run->end += PAGEMAP_PAGE_SIZE;
    return 0;
}

bool inherited_within(const struct inherited *inherited, uint64_t start,
                      uint64_t end)
{
    size_t index = run_after(inherited, start);

    return index < inherited->run_count && inherited->runs[index].start < end;
}

void inherited_clear(struct inherited *inherited)
{
    free(inherited->runs);
    free(inherited->entries);
    *inherited = (struct inherited){0};
}
