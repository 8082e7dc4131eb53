/* latency.h: how long the requests of one worker took, and in an open loop how
 * it kept up with its schedule. */
#ifndef HARNESS_LATENCY_H
#define HARNESS_LATENCY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/histogram.h"

struct latency {
    struct histogram service;  /* ns from a request's begin to its end */
    struct histogram response; /* ns from when it was due to its end */
    struct histogram wakeup;   /* ns from when it was due to its begin, of those
                                * that the worker was waiting for: what timer
                                * and scheduler add to the response */
    unsigned schedules;        /* that were begun, each with no queue */
    uint64_t schedule_ns;      /* from each start until the last one was due */
    uint64_t behind_ns; /* by which the last one of each start began late */
    uint64_t span_ns;   /* from each start to the end of the last one */
};

/* Adds requests of a closed loop. */
void latency_add(struct latency *latency, const uint64_t *service_ns,
                 size_t count);

/* Adds requests of an open loop, one after the other from a start on, with the
 * times when they were due.  Returns -1, and adds nothing, when one of them
 * began before it was due or before the one before it had ended. */
int latency_add_scheduled(struct latency *latency, uint64_t start_ns,
                          const uint64_t *due_ns, const uint64_t *service_ns,
                          const uint64_t *response_ns, size_t count);

/* Requests per second by the schedule, and as they were begun: fewer when the
 * worker did not keep up; NAN when there was no schedule. */
double latency_offered(const struct latency *latency);
double latency_achieved(const struct latency *latency);

/* The share of the time that it was serving; NAN when there was no schedule. */
double latency_busy(const struct latency *latency);

/* Sets the keys `latency` and `schedule` of a worker in a result. */
void latency_put(json_t *worker, const struct latency *latency);

#endif
