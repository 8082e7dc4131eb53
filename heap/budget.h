/* budget.h: when to collect: when the heap has grown by a share of what
 * survived the last collection.
 *
 * PyPy starts a major collection at 1.82 times what survived, and never before
 * a few nurseries full; Ruby and Go choose 1.8 and 2. */
#ifndef HEAP_BUDGET_H
#define HEAP_BUDGET_H

#include "heap/heap.h"

static int64_t option_growth = 182;

#define BUDGET_OPTION_GROWTH                                                   \
    {                                                                          \
        "growth", &option_growth, 101, 10000, NULL, "%",                       \
            "collect when the heap has grown to this share of what survived "  \
            "the "                                                             \
            "last collection"                                                  \
    }

#define BUDGET_LEAST ((size_t)4 << 20) /* bytes */

/* Starts a budget after a collection that left so many bytes in use, or 0. */
static void budget_renew(size_t in_use)
{
    heap.handed_out = 0;
    heap.budget = in_use / 100 * (size_t)(option_growth - 100);
    if (heap.budget < BUDGET_LEAST) {
        heap.budget = BUDGET_LEAST;
    }
}

#endif
