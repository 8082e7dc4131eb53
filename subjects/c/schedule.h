/* schedule.h: when requests are due, as the supervisor says. */
#ifndef SUBJECTS_C_SCHEDULE_H
#define SUBJECTS_C_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads `at T every NS` or `at T plus NS,NS,...` and stores when each of the
 * requests is due, in nanoseconds of CLOCK_MONOTONIC.  The words are taken
 * apart.  Returns false if they are anything else. */
bool schedule_take(char **words, unsigned count, unsigned requests,
                   uint64_t *due_ns);

/* Sleeps until a request is due; returns at once when it has been already. */
void schedule_wait(uint64_t due_ns);

#endif
