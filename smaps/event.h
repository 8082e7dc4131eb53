/* event.h: events that the kernel can count, by libpfm4's names: generic ones
 * such as page-faults, cycles or LLC-load-misses, and those of processors,
 * skl::INST_RETIRED:ANY_P.  Case does not matter; a modifier chooses the mode,
 * cycles:u.
 *
 * event-pfm.c asks libpfm4, event-none.c stands in where it was not found and
 * knows no name. */
#ifndef SMAPS_EVENT_H
#define SMAPS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Room for a reason, with its NUL. */
#define EVENT_WHY_SIZE 160u

/* What perf_event_open(2) is told of an event. */
struct event {
    uint32_t type;
    uint64_t config, config1, config2;
    bool user, kernel; /* the modes that the name asks for */
    bool hypervisor, host, guest;
    bool exclusive;
    unsigned precise;
};

/* Finds an event.  Returns 0 or a negative errno with the reason in `why` (at
 * least EVENT_WHY_SIZE bytes): -ENOENT when libpfm4 has no event of that name,
 * -EINVAL when it has, but not with what follows the name, -ENODEV when only
 * processors have it that are not this machine's, -ENOSYS without libpfm4. */
int event_find(const char *name, struct event *event, char *why);

/* One name of libpfm4's tables; the texts live as long as the program. */
struct event_name {
    const char *unit; /* who counts it, such as "perf" or "skl" */
    const char *name;
    const char *same_as; /* the name that this one stands for, or NULL */
    const char *about;
    bool here; /* this machine has the unit */
};

/* A value other than 0 stops the walk. */
typedef int event_visitor(const struct event_name *name, void *context);

/* Visits all names.  Returns 0, the visitor's value, or a negative errno. */
int event_each(event_visitor *visit, void *context);

#endif
