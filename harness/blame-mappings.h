/* blame-mappings.h: one row for each mapping, whatever bounds it had when its
 * pages were written. */
#ifndef HARNESS_BLAME_MAPPINGS_H
#define HARNESS_BLAME_MAPPINGS_H

#include "harness/tally.h"

/* Opens `whole` and fills it with the rows of `parts`, whose keys are struct
 * account_mapping, as this one's are: those of equal name that overlap or touch
 * are one.  A heap grows, the kernel splits what is protected or unmapped in
 * part, and what a worker maps beside pages that it inherited stays a mapping
 * of its own. */
void blame_mappings_open(struct tally *whole, const struct tally *parts);

#endif
