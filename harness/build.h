/* build.h: how the runtime of a subject was built, as the subject tells it:
 * part of its results, since another build is another runtime. */
#ifndef HARNESS_BUILD_H
#define HARNESS_BUILD_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/subject.h"

/* {NAME: VALUE, ...} in the subject's order; the caller owns it. */
json_t *build_json(const struct subject *subject);

/* What two builds tell otherwise. */
struct build_difference {
    const char *name, *left, *right; /* borrowed; "nothing" where untold */
};

/* Whether two builds differ, and the first thing in which they do.  NULL, of a
 * result of before builds were told, differs from none. */
bool build_differs(const json_t *left, const json_t *right,
                   struct build_difference *difference);

#endif
