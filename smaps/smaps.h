/* smaps.h: a process's memory mapping by mapping, from /proc/PID/smaps.
 *
 * For the split by mapping only: totals come from rollup.h, whose Pss is not
 * rounded for each mapping. */
#ifndef SMAPS_SMAPS_H
#define SMAPS_SMAPS_H

#include "smaps/maps.h"
#include "smaps/rollup.h"

/* Called for each mapping in address order; a value other than 0 stops the
 * walk and is returned by it. */
typedef int smaps_visitor(const struct mapping *mapping,
                          const struct smaps_totals *totals, void *context);

/* Walks the text of a whole smaps file.  Returns 0, the visitor's value, or
 * -EBADMSG. */
int smaps_parse(const char *text, size_t length, smaps_visitor *visit,
                void *context);

/* Reads and walks a process's smaps.  Returns as above or a negative errno. */
int smaps_read(pid_t pid, smaps_visitor *visit, void *context);

#endif
