/* blame-bytes.h: which bytes of a worker's broken pages differ from the
 * template's, what they are, and the floor that follows.
 *
 * Of the regions of objects.  What differs is asked about word by word, in the
 * template and in the worker, and put into a class of harness/floor.h:
 * NEW_OBJECT where free memory holds an object now, or held one meanwhile: it
 * was not a collection that wrote there; APPLICATION where a reference or
 * payload of an object that stayed differs, unless a collection wrote the page
 * first: then it may have rewritten references or moved objects, and all of the
 * page counts as COLLECTOR.  At most BLAME_WORDS_MOST words of a worker are
 * asked about; pages beyond are unknown to the floor. */
#ifndef HARNESS_BLAME_BYTES_H
#define HARNESS_BLAME_BYTES_H

#include <jansson.h>

#include "harness/blame-account.h"
#include "harness/invocation.h"
#include "smaps/difference.h"

#define BLAME_WORDS_MOST ((size_t)1 << 20)

/* Compares, fills the worker's floor in the record, adds the changed bytes to
 * `kinds` ({"KIND:PLACEMENT": bytes}), and gives false pages their letter.  All
 * broken pages are compared, those outside of the heap too, and added to
 * `counts`; a subject that tells no regions of objects has no floor.
 * Where memory may not be read, `why` is set (static) and nothing else.
 * Returns 0, or -1 with the record marked invalid. */
int blame_bytes(struct invocation *invocation, unsigned worker,
                struct blame_accounts *accounts, json_t *kinds,
                struct difference_counts *counts, const char **why);

#endif
