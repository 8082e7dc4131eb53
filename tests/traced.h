/* traced.h: opens traces of page faults for tests; included after cmocka.h. */
#ifndef TESTS_TRACED_H
#define TESTS_TRACED_H

#include "smaps/fault-trace.h"

#include <string.h>

/* Skips the test where this kernel or this user has none. */
static inline struct fault_trace *open_trace(size_t ring_bytes)
{
    struct fault_trace *trace;
    char why[FAULT_WHY_SIZE];

    if (fault_trace_open(ring_bytes, &trace, why) == 0)
        return trace;
    print_message("# no trace of page faults: %s\n", why);
    skip();
    return NULL;
}

static inline void follow(struct fault_trace *trace, pid_t pid)
{
    char why[FAULT_WHY_SIZE];

    if (fault_trace_follow(trace, pid, why) != 0)
        fail_msg("%s", why);
}

#endif
