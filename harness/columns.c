/* columns.c: what is shown of each measure; see columns.h. */
#include "harness/columns.h"

#include <string.h>

#define MIB 1048576.0

static const struct column served[] = {
    {MEASURE_INHERITED, "inherited_bytes", "inherited MiB", MIB, 1},
    {MEASURE_BROKEN, "broken_share", "broken %", 0.01, 1},
    {MEASURE_PRIVATE, "private_bytes", "private MiB", MIB, 1},
    {MEASURE_PSS, "pss_bytes", "pss MiB", MIB, 1},
    {MEASURE_PEAK, "peak_bytes", "peak MiB", MIB, 1},
    {MEASURE_RATE, "requests_per_second", "requests/s", 1, 1},
    {MEASURE_P50, "p50_ns", "p50 ms", 1e6, 2},
    {MEASURE_P99, "p99_ns", "p99 ms", 1e6, 2},
    {MEASURE_FIRST_COLLECTION, "first_full_collection_ns",
     "first collection ms", 1e6, 2},
};

static const struct column idle[] = {
    {MEASURE_OBJECT_PAGES, "object_pages", "object pages", 1, 0},
    {MEASURE_HEADER_PAGES, "header_pages", "with header", 1, 0},
    {MEASURE_FREE_CELL_PAGES, "free_cell_pages", "with free cell", 1, 0},
    {MEASURE_MARK_PAGES, "mark_pages", "with mark", 1, 0},
    {MEASURE_IDLE_BROKEN, "idle_broken_pages", "broken", 1, 1},
    {MEASURE_IDLE_SHARE, "idle_broken_share", "broken %", 0.01, 2},
    {MEASURE_SIDE_MARK_PAGES, "side_mark_pages", "side with mark", 1, 0},
    {MEASURE_SIDE_PAGES, "idle_side_pages", "side broken", 1, 1},
    {MEASURE_SIDE_SHARE, "idle_side_share", "side % of heap", 0.01, 2},
    {MEASURE_FIRST_IDLE, "idle_first_ns", "first ms", 1e6, 2},
    {MEASURE_SECOND_IDLE, "idle_second_ns", "second ms", 1e6, 2},
};

static const struct column limited[] = {
    {MEASURE_GROUP_PEAK, "group_peak_bytes", "memory MiB", MIB, 1},
    {MEASURE_GROUP_SWAP, "group_swap_bytes", "swap MiB", MIB, 1},
    {MEASURE_MAJOR_FAULTS, "major_faults", "major faults", 1, 0},
    {MEASURE_REFAULTS, "refaulted_pages", "pages swapped back", 1, 0},
};

static const struct column scheduled[] = {
    {MEASURE_OFFERED, "offered_per_second", "offered/s", 1, 1},
    {MEASURE_ACHIEVED, "achieved_per_second", "begun/s", 1, 1},
    {MEASURE_BUSY, "busy_share", "busy %", 0.01, 1},
    {MEASURE_P999, "p999_ns", "service p99.9 ms", 1e6, 2},
    {MEASURE_RESPONSE_P50, "response_p50_ns", "response p50 ms", 1e6, 2},
    {MEASURE_RESPONSE_P99, "response_p99_ns", "response p99 ms", 1e6, 2},
    {MEASURE_RESPONSE_P999, "response_p999_ns", "response p99.9 ms", 1e6, 2},
    {MEASURE_WAKEUP_P99, "wakeup_p99_ns", "wakeup p99 ms", 1e6, 2},
};

static const struct column counted[] = {
    {MEASURE_MINORS, "minor_collections", "minor", 1, 1},
    {MEASURE_COLLECTIONS, "collections", "full", 1, 1},
    {MEASURE_PROMOTED_OBJECTS, "promoted_objects", "promoted", 1, 0},
    {MEASURE_PROMOTED_BYTES, "promoted_bytes", "promoted MiB", MIB, 1},
    {MEASURE_OLD_TO_YOUNG, "old_to_young_references", "old to young", 1, 0},
    {MEASURE_REWRITTEN, "rewritten_references", "rewritten", 1, 0},
    {MEASURE_REWRITTEN_PAGES, "rewritten_inherited_pages", "on inherited pages",
     1, 0},
    {MEASURE_AVOIDED_REWRITES, "avoided_rewrites", "rewrites avoided", 1, 0},
    {MEASURE_SLOW_PATHS, "barrier_slow_paths", "barrier slow", 1, 0},
    {MEASURE_TABLE_LOADS, "table_loads", "table loads", 1, 0},
    {MEASURE_LINK_WRITES, "link_writes", "links written", 1, 0},
};

#define GROUP(title, array)                                                    \
    {                                                                          \
        title, array, sizeof array / sizeof *array                             \
    }

const struct columns columns[COLUMNS_GROUPS] = {
    [COLUMNS_SERVED] = GROUP(NULL, served),
    [COLUMNS_LIMITED] =
        GROUP("all processes under their limit of memory, at most, and until "
              "the last request",
              limited),
    [COLUMNS_IDLE] =
        GROUP("pages broken by an idle full collection, of one worker", idle),
    [COLUMNS_SCHEDULED] =
        GROUP("arrivals and latencies of requests, of all workers", scheduled),
    [COLUMNS_COUNTED] = GROUP("counted by one worker", counted),
};

const struct column *column_find(const char *key)
{
    for (size_t i = 0; i < COLUMNS_GROUPS; i++)
        for (size_t k = 0; k < columns[i].count; k++)
            if (!strcmp(columns[i].items[k].key, key))
                return &columns[i].items[k];
    return NULL;
}
