/* memory.h: allocation in the supervisor.
 *
 * The supervisor is small and has nothing sensible left to do without memory:
 * these print a message and abort instead of returning NULL.  What they return
 * is owned by the caller and released with free. */
#ifndef HARNESS_MEMORY_H
#define HARNESS_MEMORY_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed */
void *xrealloc(void *memory, size_t size);

/* An array of `count` elements of `size` bytes; the product may not overflow.
 */
void *xreallocarray(void *memory, size_t count, size_t size);

char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
