/* interrupt.h: SIGINT, SIGTERM and SIGHUP, turned into a descriptor.
 *
 * The signals are blocked from interrupt_open on and stay pending, so that no
 * wait can miss one: every poll of the supervisor includes the descriptor. */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "harness/error.h"

/* Blocks the signals and returns a descriptor that is readable once one has
 * arrived, or -1 with an error. */
int interrupt_open(struct error *error);

/* Closes the descriptor and lets the signals through again; those that arrived
 * meanwhile have been obeyed and are dropped. */
void interrupt_close(int descriptor);

#endif
