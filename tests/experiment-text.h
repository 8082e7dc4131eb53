/* experiment-text.h: texts as experiment files, for tests; included after
 * cmocka.h. */
#ifndef TESTS_EXPERIMENT_TEXT_H
#define TESTS_EXPERIMENT_TEXT_H

#include "harness/experiment.h"
#include "harness/memory.h"
#include "tests/known.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct catalogue catalogue;

/* Reads text as a file; the name of the file in messages is not fixed. */
static inline int open_text(struct experiment *experiment, const char *text,
                            size_t length, struct error *error)
{
    int descriptor = memfd_create("experiment", 0);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, length), length);
    char *path = xasprintf("/proc/self/fd/%d", descriptor);
    int status = experiment_open(experiment, path, NULL, &catalogue, error);
    free(path);
    close(descriptor);
    return status;
}

/* Every key that there is. */
static const char largest[] =
    "experiment: Large_1\n"
    "about: every key there is\n"
    "seed: 7\n"
    "invocations: 3\n"
    "timeout: 9\n"
    "collections-first: 2\n"
    "bursts: 4\n"
    "requests-per-burst: 40\n"
    "arrivals: {poisson: 300}\n"
    "sample: [1, 10]\n"
    "memory: 2 GiB\n"
    "swap: 512 MiB\n"
    "memory-optional: true\n"
    "matrix:\n"
    "  subject:\n"
    "    - mark-header\n"
    "    - {name: mark-side, growth: [100, 150], sweep: [eager, lazy]}\n"
    "    - {name: mark-side, label: Side/kept, growth: [200, 300]}\n"
    "    - {name: python, prepare: [gc, freeze]}\n"
    "    - {name: pypy, optional: true, label: PyPy}\n"
    "  workload:\n"
    "    - largeobject\n"
    "    - {name: largeobject, list-count: [10, 20]}\n"
    "  workers: [4, 2]\n"
    "published:\n"
    "  - what: half\n"
    "    source: a page\n"
    "    measure: broken_share\n"
    "    value: 50\n"
    "    within: 0.5\n"
    "    only: subject=mark-header,workers=2,list-count=10\n"
    "  - what: less\n"
    "    source: the same\n"
    "    measure: private_bytes\n"
    "    value: 0.615\n"
    "    within-percent: 20\n"
    "    only: subject=PyPy,workers=2,list-count=10\n"
    "    against: subject=mark-header,workers=2,list-count=10\n";

/* Setup and teardown of a group of tests. */
static inline int open_known(void **state)
{
    (void)state;
    known_catalogue(&catalogue);
    return 0;
}

static inline int close_known(void **state)
{
    (void)state;
    catalogue_close(&catalogue);
    return 0;
}

#endif
