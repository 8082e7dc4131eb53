/* output.h: what a subject writes to its standard output and error: how much,
 * and the last of it.
 *
 * It goes through a pipe, so that a subject that writes without end fills
 * neither memory nor disk: it waits for whoever reads. */
#ifndef HARNESS_OUTPUT_H
#define HARNESS_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#define OUTPUT_TAIL 4096 /* bytes that are kept */

struct output {
    int reader; /* non-blocking; -1: none, or nobody has the other end */
    uint64_t bytes;
    size_t length; /* of the tail */
    char tail[OUTPUT_TAIL];
};

/* Begins anew; `writer` is the end to be written into, the caller's to close.
 * Returns 0 or errno. */
int output_open(struct output *output, int *writer);
void output_close(struct output *output);

/* Takes what is there, at most 1 MiB so that nobody can keep the caller. */
void output_take(struct output *output);

#endif
