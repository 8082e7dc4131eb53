/* descriptors.c: the limit of open files; see descriptors.h. */
#include "harness/descriptors.h"

#include <sys/resource.h>

#define OF_A_WORKER 2  /* its connection and its pidfd */
#define OF_THE_REST 32 /* standard streams, locks, files in passing */

int descriptors_allow(const struct experiment *experiment, struct error *error)
{
    struct rlimit limit;
    unsigned workers = 0;
    for (size_t i = 0; i < experiment->cell_count; i++)
        if (experiment->cells[i].workers > workers)
            workers = experiment->cells[i].workers;
    rlim_t needed = OF_A_WORKER * (rlim_t)workers + OF_THE_REST;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max < needed
               ? error_set(error,
                           "%u workers need %llu open files, but only %llu are "
                           "allowed: raise the limit (ulimit -Hn, as root), or "
                           "ask for fewer workers",
                           workers, (unsigned long long)needed,
                           (unsigned long long)limit.rlim_max)
               : 0;
}
