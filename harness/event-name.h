/* event-name.h: the name of an event that an experiment wants counted. */
#ifndef HARNESS_EVENT_NAME_H
#define HARNESS_EVENT_NAME_H

#include "harness/error.h"

/* Returns 0 if libpfm4 knows the event, on this machine or another; else sets
 * an error that names the nearest event, or where all are listed. */
int event_name_check(const char *name, struct error *error);

#endif
