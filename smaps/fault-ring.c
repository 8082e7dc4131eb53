/* fault-ring.c: the kernel moves data_head on, the reader data_tail; both only
 * ever grow. */
#include "smaps/fault-ring.h"

#include "smaps/pagemap.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* No record is larger: its size has 16 bits. */
#define RECORD_MOST 65536u

int fault_ring_open(int processor, size_t bytes, struct fault_ring *ring)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_DUMMY,
        .exclude_kernel = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
        .wakeup_watermark = (uint32_t)(bytes / 2),
    };

    *ring = (struct fault_ring){.processor = processor, .bytes = bytes};
    ring->descriptor = (int)syscall(SYS_perf_event_open, &attributes, 0,
                                    processor, -1, PERF_FLAG_FD_CLOEXEC);
    if (ring->descriptor < 0)
        return -errno;
    void *mapped = mmap(NULL, PAGEMAP_PAGE_SIZE + bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED, ring->descriptor, 0);
    if (mapped != MAP_FAILED) {
        ring->control = mapped;
        return 0;
    }
    int result = -errno;
    close(ring->descriptor);
    return result;
}

void fault_ring_close(struct fault_ring *ring)
{
    munmap(ring->control, PAGEMAP_PAGE_SIZE + ring->bytes);
    close(ring->descriptor);
}

/* The size that the record at `position` gives, at most `left`.  Records begin
 * at multiples of 8, so that their headers never go round the end. */
static size_t size_at(const struct fault_ring *ring, uint64_t position,
                      uint64_t left)
{
    const char *data = (const char *)ring->control + PAGEMAP_PAGE_SIZE;
    struct perf_event_header header;

    if (left < sizeof header || position % sizeof header != 0)
        return 0;
    memcpy(&header, data + (position & (ring->bytes - 1)), sizeof header);
    return header.size < left ? header.size : (size_t)left;
}

/* The bytes of the ring from `position` on: in place, or copied to `straight`
 * where they go round its end. */
static const char *bytes_at(const struct fault_ring *ring, uint64_t position,
                            size_t count, char *straight)
{
    const char *data = (const char *)ring->control + PAGEMAP_PAGE_SIZE;
    size_t offset = position & (ring->bytes - 1);
    size_t until_end = ring->bytes - offset;

    if (count <= until_end)
        return data + offset;
    memcpy(straight, data + offset, until_end);
    memcpy(straight + until_end, data, count - until_end);
    return straight;
}

/* Visits the records from `tail` on and moves it behind the last. */
static int visit_from(const struct fault_ring *ring, uint64_t *tail,
                      fault_ring_visitor *visit, void *context)
{
    char straight[RECORD_MOST];
    struct fault_record record;
    uint64_t head =
        __atomic_load_n(&ring->control->data_head, __ATOMIC_ACQUIRE);

    while (*tail < head) {
        size_t size = size_at(ring, *tail, head - *tail);
        const char *bytes = bytes_at(ring, *tail, size, straight);
        if (fault_record_parse(bytes, size, &record) < 0) {
            *tail = head;
            return -EBADMSG;
        }
        visit(&record, context);
        *tail += size;
    }
    return 0;
}

int fault_ring_drain(struct fault_ring *ring, fault_ring_visitor *visit,
                     void *context)
{
    uint64_t tail = ring->control->data_tail;
    int result = visit_from(ring, &tail, visit, context);

    __atomic_store_n(&ring->control->data_tail, tail, __ATOMIC_RELEASE);
    return result;
}

int fault_ring_peek(struct fault_ring *ring, fault_ring_visitor *visit,
                    void *context)
{
    if (ring->peeked < ring->control->data_tail)
        ring->peeked = ring->control->data_tail;
    return visit_from(ring, &ring->peeked, visit, context);
}
