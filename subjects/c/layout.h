/* layout.h: the heap as it lies, counted: the oracle beside every
 * measurement. */
#ifndef SUBJECTS_C_LAYOUT_H
#define SUBJECTS_C_LAYOUT_H

#include "collectors/collector.h"

/* Visits the numbers that `layout` of subjects/PROTOCOL.md names.  No byte of
 * the heap is written; the memory to count in is given back. */
void layout_visit(number_visitor *visit, void *context);

#endif
