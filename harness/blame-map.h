/* blame-map.h: what became of each page of the regions in one worker, for the
 * result. */
#ifndef HARNESS_BLAME_MAP_H
#define HARNESS_BLAME_MAP_H

#include "harness/blame-account.h"
#include "harness/invocation.h"

/* Puts the worker's page map (harness/page-map.h) into the record; the accounts
 * have the letters of the broken pages.  Returns 0 or a negative errno. */
int blame_map(struct invocation *invocation, unsigned worker,
              const struct blame_accounts *accounts);

#endif
