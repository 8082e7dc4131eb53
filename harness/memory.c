/* memory.c: allocation that aborts with a message when there is no memory. */
#include "harness/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("cowlab: out of memory in the supervisor\n", stderr);
        abort();
    }
    return memory;
}

/* An empty request still gets memory of its own, so that NULL always means
 * failure. */
void *xmalloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *memory, size_t size)
{
    return checked(realloc(memory, size ? size : 1));
}

void *xreallocarray(void *memory, size_t count, size_t size)
{
    if (!count || !size)
        return xrealloc(memory, 0);
    return checked(reallocarray(memory, count, size));
}

char *xstrdup(const char *text)
{
    return checked(strdup(text));
}

char *xasprintf(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = xcalloc(size, 1);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}
