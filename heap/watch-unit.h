/* watch-unit.h: a byte beside the heap for each unit of the watched ranges,
 * for a means that is told of a write once and forgets it (a trap), or cannot
 * forget for one range alone (soft-dirty).
 *
 * Units are counted from the start of each range; the last may be cut short. */
#ifndef HEAP_WATCH_UNIT_H
#define HEAP_WATCH_UNIT_H

#include "heap/parameter.h"
#include "heap/watch.h"

#include <stdbool.h>

/* Fresh memory reads as the first: what was never armed counts as written. */
enum { UNIT_WRITTEN, UNIT_ARMED };

static int64_t option_unit = 0;

#define WATCH_UNIT_OPTION                                                      \
    {                                                                          \
        "unit", &option_unit, 0, 4, "4096|16384|65536|262144|2097152",         \
            "bytes", "stretch that one trapped store opens"                    \
    }

static inline unsigned watch_unit_shift(void)
{
    static const unsigned char shifts[] = {12, 14, 16, 18, 21};
    return shifts[option_unit];
}

#define UNIT_RANGES 8u

struct unit_range {
    char *start, *end;
    char *armed; /* no unit from here on ever was */
    char *units; /* in the table */
};

static struct {
    struct region region;
    struct unit_range ranges[UNIT_RANGES];
    size_t range_count;
    unsigned shift; /* log2 of the bytes of a unit */
    uint64_t traps;
} unit_table;

/* Whether the table is open, in this process or one that it was forked from. */
static inline bool unit_table_is_open(void)
{
    return unit_table.range_count > 0;
}

static void unit_table_open(const struct region *const *ranges, size_t count,
                            unsigned shift)
{
    size_t units = 0;
    size_t bytes = (size_t)1 << shift;
    for (size_t i = 0; i < count; i++) {
        units += (ranges[i]->reserved + bytes - 1) >> shift;
    }
    region_open(&unit_table.region, "unit-written", "unit-written", units);
    region_commit(&unit_table.region, unit_table.region.reserved);
    unit_table.shift = shift;
    units = 0;
    for (size_t i = 0; i < count; i++) {
        char *start = ranges[i]->start;
        unit_table.ranges[i] =
            (struct unit_range){start, start + ranges[i]->reserved, start,
                                unit_table.region.start + units};
        units += (ranges[i]->reserved + bytes - 1) >> shift;
    }
    unit_table.range_count = count;
}

static void unit_table_close(void)
{
    region_close(&unit_table.region);
    unit_table.range_count = 0;
}

/* Everything counts as written. */
static void unit_table_forget(void)
{
    region_discard(&unit_table.region, 0);
}

/* The range that an address lies in, or NULL. */
static inline struct unit_range *unit_range_of(const char *address)
{
    for (size_t i = 0; i < unit_table.range_count; i++) {
        struct unit_range *range = &unit_table.ranges[i];
        if (address >= range->start && address < range->end) {
            return range;
        }
    }
    return NULL;
}

static inline char *unit_of(const struct unit_range *range, const char *address)
{
    return range->units +
           ((size_t)(address - range->start) >> unit_table.shift);
}

/* One past the last of the units that reach up to an address. */
static inline char *unit_limit(const struct unit_range *range, const char *end)
{
    return end == range->start ? range->units : unit_of(range, end - 1) + 1;
}

static inline char *unit_start(const struct unit_range *range, const char *unit)
{
    return range->start + ((size_t)(unit - range->units) << unit_table.shift);
}

/* The start of the next unit, or the end of the range. */
static inline char *unit_end(const struct unit_range *range, const char *unit)
{
    size_t bytes = (size_t)(unit + 1 - range->units) << unit_table.shift;
    size_t most = (size_t)(range->end - range->start);
    return range->start + (bytes < most ? bytes : most);
}

/* Calls `visit` with each stretch of units in a state between start and end,
 * which lie in one range; where a unit is cut by them it is visited whole. */
static inline void units_each(const char *start, const char *end, char state,
                              stretch_visitor *visit)
{
    const struct unit_range *range = unit_range_of(start);
    if (start == end) {
        return;
    }
    const char *unit = unit_of(range, start);
    const char *limit = unit_limit(range, end);
    while ((unit = memchr(unit, state, (size_t)(limit - unit))) != NULL) {
        const char *after = memchr(unit, !state, (size_t)(limit - unit));
        after = after == NULL ? limit : after;
        visit(unit_start(range, unit), unit_end(range, after - 1));
        unit = after;
    }
}

/* All units between start and end are in that state now. */
static inline void units_set(char *start, char *end, char state)
{
    struct unit_range *range = unit_range_of(start);
    if (start < end) {
        char *unit = unit_of(range, start);
        memset(unit, state, (size_t)(unit_limit(range, end) - unit));
        if (state == UNIT_ARMED && end > range->armed) {
            range->armed = end;
        }
    }
}

/* Calls `visit` with each stretch of armed units, whatever range they are in.
 * Most of what is reserved never was, and is not looked at. */
static inline void units_each_armed(stretch_visitor *visit)
{
    for (size_t i = 0; i < unit_table.range_count; i++) {
        const struct unit_range *range = &unit_table.ranges[i];
        units_each(range->start, range->armed, UNIT_ARMED, visit);
    }
}

#endif
