/* refused.h: a value of an option that this kernel does not allow, found by
 * trying it, or that another option does not. */
#ifndef HEAP_REFUSED_H
#define HEAP_REFUSED_H

#include <stdio.h>
#include <stdlib.h>

/* Ends the program.  Tests count a message that begins so as skipped. */
static _Noreturn inline void option_refused(const char *option,
                                            const char *value, const char *why)
{
    fprintf(stderr, "refused: %s=%s: %s\n", option, value, why);
    exit(EXIT_FAILURE);
}

#endif
