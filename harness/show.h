/* show.h: one collector, workload or experiment with all that can be set. */
#ifndef HARNESS_SHOW_H
#define HARNESS_SHOW_H

#include <stdbool.h>

#include "harness/error.h"
#include "harness/subject.h"

/* A subject, or a collector alone (`kind`), and a workload; a name that is not
 * known is refused with the nearest.  All print on stdout, and say what went
 * wrong on stderr; they return an exit status. */
enum exit_status show_subject(const struct catalogue *catalogue,
                              const char *kind, const char *name, bool json);
enum exit_status show_workload(const struct catalogue *catalogue,
                               const char *name, bool json);

/* An experiment: a file, or the name of one in experiments/, with the changes
 * of the command line (layers.h): every key with the value in force, and the
 * matrix spelled out. */
enum exit_status show_experiment(struct catalogue *catalogue, const char *name,
                                 char *const *changes, bool json);

/* All keys that an experiment file may have. */
void show_keys(bool json);

#endif
