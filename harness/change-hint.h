/* change-hint.h: what to write instead of a change (layers.h) whose key is none
 * of an experiment file. */
#ifndef HARNESS_CHANGE_HINT_H
#define HARNESS_CHANGE_HINT_H

#include "harness/layers.h"
#include "harness/subject.h"

/* Of a change whose key is an option or parameter of a subject or workload of
 * the matrix, or `collector', the form that works; NULL for any other.  The
 * caller frees it. */
char *change_hint(const struct layers *layers, struct node change,
                  struct catalogue *catalogue);

#endif
