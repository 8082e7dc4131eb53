/* list.h: what can be measured, as tables or as JSON. */
#ifndef HARNESS_LIST_H
#define HARNESS_LIST_H

#include <jansson.h>
#include <stdio.h>

#include "harness/subject.h"

/* Parts of the catalogue, to be combined with |. */
enum list_part {
    LIST_COLLECTORS = 1,
    LIST_RUNTIMES = 2, /* adapters for real runtimes, and the missing ones */
    LIST_SETTINGS = 4, /* options and prepare steps of the subjects */
    LIST_WORKLOADS = 8,
    LIST_METADATA = 16, /* where the collectors keep it */
    LIST_COUNTERS = 32, /* events that can be counted, not of the catalogue */
};

void list_tables(const struct catalogue *catalogue, unsigned parts,
                 FILE *stream);

/* One object with a key for each part: collectors, runtimes and missing,
 * workloads, metadata, counters.  Settings are always part of their subject. */
void list_json(const struct catalogue *catalogue, unsigned parts, FILE *stream);

/* One of them alone.  `what` heads the column of names: "option". */
void list_declarations(const struct declarations *declarations,
                       const char *what, FILE *stream);
void list_prepare(const struct subject *subject, FILE *stream);
void list_metadata(const struct subject *subject, FILE *stream);
void list_workload(const struct catalogue *catalogue,
                   const struct subject_workload *workload, FILE *stream);
json_t *list_subject_json(const struct subject *subject);
json_t *list_metadata_json(const struct subject *subject);
json_t *list_workload_json(const struct subject_workload *workload);

/* The events that can be counted on this machine, or why they cannot. */
void list_counters_table(FILE *stream);
json_t *list_counters_json(void);

#endif
