/* clock.h: the one clock of all measurements, and how long to be patient. */
#ifndef HARNESS_CLOCK_H
#define HARNESS_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_MS     UINT64_C(1000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
static inline uint64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* Nanoseconds of processor time that this process has had. */
static inline uint64_t clock_processor(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* Until when to wait, and what cuts the wait short. */
struct patience {
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC */
    int interrupt;        /* readable when the user wants to stop; or -1 */
};

/* Milliseconds left, for poll: rounded up, 0 when the deadline has passed. */
static inline int patience_left_ms(const struct patience *patience)
{
    uint64_t now = clock_now();
    if (now >= patience->deadline_ns)
        return 0;
    uint64_t left = (patience->deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS;
    return left > 60000 ? 60000 : (int)left;
}

#endif
