/* sparkline.h: a row of numbers as one block of text each. */
#ifndef HARNESS_SPARKLINE_H
#define HARNESS_SPARKLINE_H

#include <stddef.h>

/* Blocks as high as the numbers are, of `highest`; what is not above 0 is a
 * blank.  The caller frees the text (UTF-8). */
char *sparkline(const double *numbers, size_t count, double highest);

#endif
