/* address-list.h: a list of words beside the heap that grows at its end, such
 * as addresses of objects (PyPy's AddressStack). */
#ifndef HEAP_ADDRESS_LIST_H
#define HEAP_ADDRESS_LIST_H

#include "heap/region.h"

struct address_list {
    struct region region;
    uintptr_t *end;   /* one past the last entry */
    uintptr_t *limit; /* of what is committed */
};

/* For at most so many entries; the names are those of the region. */
static inline void address_list_open(struct address_list *list,
                                     const char *name, const char *holds,
                                     size_t most)
{
    region_open(&list->region, name, holds, most * sizeof *list->end);
    list->end = list->limit = (uintptr_t *)list->region.start;
}

static inline uintptr_t *address_list_start(const struct address_list *list)
{
    return (uintptr_t *)list->region.start;
}

static inline void address_list_add(struct address_list *list, uintptr_t entry)
{
    if (__builtin_expect(list->end == list->limit, 0)) {
        region_commit(&list->region, list->region.committed + 1);
        list->limit =
            (uintptr_t *)(list->region.start + list->region.committed);
    }
    *list->end++ = entry;
}

static inline void address_list_clear(struct address_list *list)
{
    list->end = address_list_start(list);
}

#endif
