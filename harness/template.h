/* template.h: the phases of an invocation that concern the template: its start,
 * the load, the preparation, the fork and the end.
 *
 * Each returns 0, or -1 with the record marked invalid. */
#ifndef HARNESS_TEMPLATE_H
#define HARNESS_TEMPLATE_H

#include "harness/invocation.h"

int template_start(struct invocation *invocation);
int template_load(struct invocation *invocation);
int template_prepare(struct invocation *invocation);

/* Regions, layout, checksum; then the ledger of the pages. */
int template_describe(struct invocation *invocation);

/* Forks the workers, meets them, and takes the first sample. */
int template_fork(struct invocation *invocation);

/* The template says bye and exits with status 0. */
int template_end(struct invocation *invocation);

/* The KEY=N items of a message as a JSON object; NULL when one is not of that
 * form. */
json_t *template_numbers(const struct message *message);

#endif
