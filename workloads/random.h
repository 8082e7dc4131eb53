/* random.h: splitmix64, the same numbers in every subject.
 *
 * The generator and its seeding are part of the subject protocol
 * (subjects/PROTOCOL.md, "Checksums"), so that equal seeds give equal replies
 * in every language.  Steele, Lea and Flood, OOPSLA 2014. */
#ifndef WORKLOADS_RANDOM_H
#define WORKLOADS_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint64_t random_next(struct random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(random->state);
}

/* For one request of one worker; load takes RANDOM_LOAD for both. */
#define RANDOM_LOAD (UINT64_C(1) << 31)

static inline struct random random_for(uint64_t seed, uint64_t worker,
                                       uint64_t request)
{
    return (struct random){mix(seed) ^ mix((worker << 32) + request + 1)};
}

#endif
