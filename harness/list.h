/* list.h: what can be measured, as tables or as JSON. */
#ifndef HARNESS_LIST_H
#define HARNESS_LIST_H

#include <stdio.h>

#include "harness/subject.h"

/* Parts of the catalogue, to be combined with |. */
enum list_part {
    LIST_COLLECTORS = 1,
    LIST_RUNTIMES = 2, /* adapters for real runtimes, and the missing ones */
    LIST_SETTINGS = 4, /* options and prepare steps of the subjects */
    LIST_WORKLOADS = 8,
    LIST_METADATA = 16, /* where the collectors keep it */
};

void list_tables(const struct catalogue *catalogue, unsigned parts,
                 FILE *stream);

/* One object with a key for each part: collectors, runtimes and missing,
 * workloads, metadata.  Settings are always part of their subject. */
void list_json(const struct catalogue *catalogue, unsigned parts, FILE *stream);

#endif
