/* blame-map.h: what became of each page of one worker at the end, for the
 * result: broken ones by what was written there. */
#ifndef HARNESS_BLAME_MAP_H
#define HARNESS_BLAME_MAP_H

#include "harness/blame-account.h"
#include "harness/blame-contents.h"
#include "harness/invocation.h"

/* Puts the worker's page maps (harness/page-map.h) into the record; the
 * accounts have the letters of the broken pages.  Returns 0 or a negative
 * errno. */
int blame_map(struct invocation *invocation, unsigned worker,
              const struct page_areas *areas,
              const struct blame_accounts *accounts,
              const struct blame_contents *contents);

#endif
