/* probe-case.h: what probes make their cases of: an area of small pages, and a
 * child that has done something to it. */
#ifndef SMAPS_PROBE_CASE_H
#define SMAPS_PROBE_CASE_H

#include "smaps/probe.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct probe_child {
    pid_t pid;
    int failure; /* what its task returned */
};

/* Maps pages that are never made huge; NULL when there is no memory. */
char *probe_map(size_t pages);
void probe_unmap(char *area, size_t pages);

/* Writes one page of an area. */
void probe_write(char *area, size_t page);

/* Forks a child that runs the task and then waits.  Returns 0 when the task is
 * done, or a negative errno.  End it with probe_end in any case. */
int probe_fork(struct probe_child *child, int (*task)(char *area), char *area);
void probe_end(struct probe_child *child);

/* Reads the pagemap entries of the first pages of an area in a process. */
int probe_entries(pid_t pid, const char *area, uint64_t *entries, size_t count);

/* An answer with its reason. */
struct probe_answer probe_answer(enum probe_verdict verdict, const char *format,
                                 ...) __attribute__((format(printf, 2, 3)));

/* PROBE_NO: a call failed with a negative errno. */
struct probe_answer probe_refused(const char *call, int failure);

extern const struct probe_answer probe_yes;

#endif
