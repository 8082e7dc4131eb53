/* event-none.c: stands in where libpfm4 was not found: every name is refused
 * with the reason. */
#include "smaps/event.h"

#include <errno.h>
#include <stdio.h>

int event_find(const char *name, struct event *event, char *why)
{
    (void)name;
    *event = (struct event){0};
    snprintf(why, EVENT_WHY_SIZE,
             "cowlab was built without libpfm4: install libpfm4-dev and "
             "configure again");
    return -ENOSYS;
}

int event_each(event_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
    return -ENOSYS;
}
