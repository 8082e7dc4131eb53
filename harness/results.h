/* results.h: the results in one directory, as figures are made from them.
 *
 * Every file that result_is_file takes is taken for a result.  Invalid
 * invocations are left out, and said to be. */
#ifndef HARNESS_RESULTS_H
#define HARNESS_RESULTS_H

#include <jansson.h>
#include <stddef.h>

#include "harness/error.h"
#include "harness/file-hash.h"

/* One valid invocation.  The texts are borrowed from the JSON. */
struct result {
    char *file;                /* its name within the directory */
    char hash[FILE_HASH_SIZE]; /* of its bytes */
    json_t *json;
    const char *cowlab_version;
    const char *experiment;
    const char *experiment_hash;
    const char *subject_label;
    const char *workload_label;
    unsigned workers;
};

struct result_left_out {
    char *file;
    char *why;
};

struct result_set {
    struct result *items; /* by file name */
    size_t count;
    struct result_left_out *left_out;
    size_t left_out_count;
};

/* Reads the results of a directory one after the other, by file name, valid
 * ones and others, and calls `take` for each: with the path, and the result,
 * which it only borrows.  Fails when the directory cannot be read, holds no
 * result or a .json file that is no result of a version known here (the error
 * names the file), and when `take` does. */
int results_each(const char *directory,
                 int (*take)(void *context, const char *path, json_t *result,
                             struct error *error),
                 void *context, struct error *error);

/* Reads a directory, all of it.  Fails when it cannot be read, holds no result,
 * or holds a .json file that is no result of a version known here; the error
 * names the file.  Free with results_close. */
int results_open(struct result_set *results, const char *directory,
                 struct error *error);
void results_close(struct result_set *results);

#endif
