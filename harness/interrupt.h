/* interrupt.h: SIGINT, SIGTERM and SIGHUP, turned into a descriptor.
 *
 * Every wait of the supervisor polls the descriptor, so that none can miss a
 * signal.  A SIGHUP that was ignored at the start stays so (nohup). */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include <stdbool.h>

#include "harness/error.h"

/* Returns a descriptor that is readable once the user wants to stop at once, or
 * -1 with an error.  With `first`, which must live until interrupt_close, the
 * first SIGINT does not: it has this line said on stderr, whatever else is
 * quiet there, for it answers a key; the second does. */
int interrupt_open(const char *first, struct error *error);

/* Whether there was a signal, be it the first SIGINT. */
bool interrupt_came(void);

/* Closes the descriptor and restores what the signals did before. */
void interrupt_close(int descriptor);

#endif
