/* blame-place.h: what lies at addresses of a worker: in the heap as template
 * and worker say, elsewhere by the mapping. */
#ifndef HARNESS_BLAME_PLACE_H
#define HARNESS_BLAME_PLACE_H

#include "harness/blame-name.h"
#include "harness/invocation.h"

struct blame_places {
    struct blame_place *then; /* in the template: as it was at the fork */
    struct blame_place *now;  /* in the worker */
    char **words;             /* that the places borrow, each once */
    size_t word_count;
};

/* Asks for `count` addresses.  A subject that cannot tell leaves the places in
 * the heap unknown.  Returns 0, or -1 with the record marked invalid; clear in
 * both cases. */
int blame_places_ask(struct invocation *invocation, unsigned worker,
                     const uint64_t *addresses, size_t count,
                     struct blame_places *places);

/* The same of the template alone, when the workers have ended: `now` is `then`.
 */
int blame_places_ask_template(struct invocation *invocation,
                              const uint64_t *addresses, size_t count,
                              struct blame_places *places);

void blame_places_clear(struct blame_places *places);

#endif
