/* fate.h: what became of one page of the template in a worker, judged by its
 * two pagemap entries.  The words are those of ledger.h. */
#ifndef SMAPS_FATE_H
#define SMAPS_FATE_H

#include "smaps/pagemap.h"

enum page_fate {
    FATE_NONE, /* neither inherited nor new */
    FATE_SHARED,
    FATE_BROKEN,
    FATE_SWAPPED,
    FATE_GONE,
    FATE_NEW,
    FATE_COUNT,
};

/* The fate of an inherited page.  `in_file` says whether the worker's mapping
 * there is of a file: fork leaves pages of files to be faulted in anew, so an
 * absent one is shared too. */
static inline enum page_fate fate_of_inherited(uint64_t inherited,
                                               uint64_t entry, bool in_file)
{
    if (pagemap_swapped(entry))
        return FATE_SWAPPED;
    if (pagemap_file(inherited)) {
        if (pagemap_present(entry) && !pagemap_file(entry))
            return FATE_BROKEN;
        return in_file ? FATE_SHARED : FATE_GONE;
    }
    if (!pagemap_present(entry) || pagemap_file(entry))
        return FATE_GONE;
    return pagemap_exclusive(entry) ? FATE_BROKEN : FATE_SHARED;
}

/* The fate of a page where nothing was inherited. */
static inline enum page_fate fate_of_other(uint64_t entry)
{
    return pagemap_present(entry) && !pagemap_file(entry) &&
                   pagemap_exclusive(entry)
               ? FATE_NEW
               : FATE_NONE;
}

/* Whether an anonymous page of the worker lies in another frame than the
 * template's page did. */
static inline bool fate_moved(uint64_t inherited, uint64_t entry)
{
    return pagemap_present(entry) && !pagemap_file(entry) &&
           pagemap_frame(inherited) != 0 &&
           pagemap_frame(inherited) != pagemap_frame(entry);
}

#endif
