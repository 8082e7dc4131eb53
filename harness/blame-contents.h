/* blame-contents.h: which pages of a process's heap hold no object, and which
 * hold one that cannot be moved, as it tells (subjects/PROTOCOL.md, Contents).
 */
#ifndef HARNESS_BLAME_CONTENTS_H
#define HARNESS_BLAME_CONTENTS_H

#include "harness/invocation.h"
#include "harness/page-areas.h"
#include "harness/page-runs.h"

/* Starts as all zero: nothing is told. */
struct blame_contents {
    struct page_runs runs;
    bool told;
    char why[CONVERSATION_DETAIL]; /* it is not told */
};

/* Asks the template, or a worker of that index.  Returns 0 too when it cannot
 * tell, or -1 with the record marked invalid. */
int blame_contents_ask_template(struct invocation *invocation,
                                struct blame_contents *contents);
int blame_contents_ask(struct invocation *invocation, unsigned worker,
                       struct blame_contents *contents);

/* The map of an area in which `s` is `e` or `k` where that is told
 * (page-map.h).  Takes the map; the caller frees what is returned. */
char *blame_contents_refine(const struct blame_contents *contents,
                            const struct page_area *area, char *map);

void blame_contents_clear(struct blame_contents *contents);

#endif
