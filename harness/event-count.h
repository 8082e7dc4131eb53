/* event-count.h: what the kernel counted in the workers of one result, scaled.
 *
 * Where more events were asked for than the processor has counters, each was
 * counted part of the time alone: raw * enabled / running estimates the whole.
 */
#ifndef HARNESS_EVENT_COUNT_H
#define HARNESS_EVENT_COUNT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct event_count {
    char *name;
    double count; /* mean of the workers; NAN: not counted in one of them */
    bool scaled;  /* counted part of the time alone, in some worker */
    bool user, kernel; /* the modes that were counted in all workers */
    char *why;         /* why not counted; NULL where it was */
};

struct event_counts {
    struct event_count *items;
    size_t count;
};

/* Reads them from a result; free with event_counts_clear. */
struct event_counts event_counts_read(const json_t *result);
void event_counts_clear(struct event_counts *counts);

/* The event of that name, or NULL. */
const struct event_count *event_counts_find(const struct event_counts *counts,
                                            const char *name);

#endif
