/* workload.h: what a workload is: contract 2 of the laboratory.
 *
 * A workload is one file, written once in the words of vocabulary.h and
 * compiled into every collector.  It builds the template's heap (load), serves
 * requests that depend on the seed, the worker and the request's number alone,
 * and can be checked: all collectors must give equal checksums for equal
 * seeds.  A new one is a file NAME.h here and a line in all.h. */
#ifndef WORKLOADS_WORKLOAD_H
#define WORKLOADS_WORKLOAD_H

#include "heap/parameter.h"
#include "workloads/random.h"

struct workload {
    const char *name;
    const char *about; /* one sentence */
    const struct parameter *parameters;
    size_t parameter_count;

    /* The workloads that it is put together from, NULL-terminated, or NULL.
     * Their parameters are settings of this one, as PART.PARAMETER. */
    const struct workload *const *parts;

    /* Asked when the parameters are set, before anything is loaded: NULL, or
     * what is wrong with them and what to do.  NULL: any will do. */
    const char *(*wrong)(void);

    /* Builds the template's heap; the parameters are set. */
    void (*load)(struct random *random);

    /* Serves a request, numbered from 0 in each worker; returns the reply. */
    uint64_t (*request)(uint64_t number, struct random *random);

    /* Checksum over all that the workload can reach.  Writes nothing. */
    uint64_t (*check)(void);
};

/* All workloads, NULL-terminated; all.h defines it in each collector. */
extern const struct workload *const workloads[];

#endif
