/* parameter.h: an option of a collector or a parameter of a workload, declared
 * with its type, default and range, set once before the heap is opened. */
#ifndef HEAP_PARAMETER_H
#define HEAP_PARAMETER_H

#include <stddef.h>
#include <stdint.h>

struct parameter {
    const char *name;
    int64_t *value;           /* holds the default until it is set */
    int64_t minimum, maximum; /* integers; a choice counts from 0 */
    const char *choices;      /* "shared|distinct", or NULL for an integer */
    const char *unit;         /* NULL if it has none */
    const char *meaning;
};

#endif
