/* floor.h: what of a worker's broken pages its work itself had to break, and
 * what the rest is owed to.
 *
 * Arithmetic over the pages of the objects' regions that one worker has broken,
 * and the bytes that differ there from the template's (smaps/difference.h).
 * Each changed byte is of one class:
 *   APPLICATION  payload or references that the workload stored in inherited
 *                objects
 *   NEW_OBJECT   of an object that was allocated in inherited free memory
 *   COLLECTOR    all else: metadata, moved objects, rewritten references, free
 *                links, cleared memory
 * From these follow
 *   L0              = the pages that the changed APPLICATION bytes would fill,
 *                     lying side by side: their bytes / 4096, rounded up
 *   L1              = pages with at least one changed APPLICATION byte
 *   layout cost     = L1 - L0: these bytes are scattered
 *   hole cost       = pages with NEW_OBJECT bytes and no APPLICATION byte
 *   collector cost  = all other broken pages, false ones among them
 *   false pages     = broken, but not a byte differs: whoever wrote there, the
 *                     application too, wrote what stood there before
 *   unknown pages   = broken, but their bytes could not be compared
 * so that, L1 being L0 + layout cost,
 *   L0 + layout cost + hole cost + collector cost + unknown = broken pages.
 * A page counts once, for the first of these that holds: what else was written
 * on an L1 page has cost nothing more.
 *   amplification   = bytes of the broken pages / changed APPLICATION bytes
 * Workers share none of their broken pages: what holds of all workers is the
 * sum of what holds of each. */
#ifndef HARNESS_FLOOR_H
#define HARNESS_FLOOR_H

#include <jansson.h>
#include <stdint.h>

enum floor_class {
    FLOOR_APPLICATION,
    FLOOR_NEW_OBJECT,
    FLOOR_COLLECTOR,
    FLOOR_CLASSES,
};

/* Starts as all zero; of one worker. */
struct floor {
    uint64_t changed_bytes[FLOOR_CLASSES];
    uint64_t broken_pages; /* all of the below but false_pages together */
    uint64_t l1_pages, hole_cost_pages, collector_cost_pages, unknown_pages;
    uint64_t false_pages; /* part of collector_cost_pages */
};

/* Adds a broken page whose changed bytes are known, by class; all 0: a false
 * page. */
void floor_add(struct floor *floor, const uint64_t changed[FLOOR_CLASSES]);

/* Adds a broken page that could not be compared. */
void floor_add_unknown(struct floor *floor);

/* L0 in pages; never more than L1. */
uint64_t floor_l0(const struct floor *floor);

/* The floor as it stands in a result, `floor` of a worker; the caller releases
 * it. */
json_t *floor_json(const struct floor *floor);

#endif
