/* fault-ring.h: the ring of one processor, which the kernel fills with records.
 *
 * It belongs to an event that counts nothing, so that it outlives every process
 * that is followed; their events write into it. */
#ifndef SMAPS_FAULT_RING_H
#define SMAPS_FAULT_RING_H

#include "smaps/fault-record.h"

struct fault_ring {
    int processor;
    int descriptor; /* of the event that owns it */
    struct perf_event_mmap_page *control;
    size_t bytes;    /* of records: a power of two */
    uint64_t peeked; /* how far fault_ring_peek came */
};

/* Makes a ring of a processor.  Returns 0 or a negative errno: -ENODEV for a
 * processor that is switched off, -EPERM when the kernel allows this user no
 * ring of that size. */
int fault_ring_open(int processor, size_t bytes, struct fault_ring *ring);
void fault_ring_close(struct fault_ring *ring);

typedef void fault_ring_visitor(const struct fault_record *record,
                                void *context);

/* Hands the records in the ring to the visitor and makes room for others.
 * Returns 0, or -EBADMSG when the rest made no sense and was passed over. */
int fault_ring_drain(struct fault_ring *ring, fault_ring_visitor *visit,
                     void *context);

/* Hands the records over that came since the last time, and leaves them there.
 * Returns as above. */
int fault_ring_peek(struct fault_ring *ring, fault_ring_visitor *visit,
                    void *context);

#endif
