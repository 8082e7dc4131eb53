/* settings.h: the workload and the options that a run was asked for. */
#ifndef SUBJECTS_C_SETTINGS_H
#define SUBJECTS_C_SETTINGS_H

#include "workloads/workload.h"

#include <stdbool.h>
#include <stdint.h>

struct settings {
    const struct workload *workload;
    uint64_t seed;
};

/* Takes the words KEY=VALUE of a `load` request: workload, seed, the
 * workload's parameters, and the collector's options as option.NAME.  Values
 * are checked against the declarations and stored where those point.  Returns
 * NULL, or what is wrong (good until the next call). */
const char *settings_take(struct settings *settings, char **words,
                          unsigned count);

#endif
