/* store.c: the results directory of a run; see store.h. */
#include "harness/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/build.h"
#include "harness/cell.h"
#include "harness/clock.h"
#include "harness/description.h"
#include "harness/environment.h"
#include "harness/machine.h"
#include "harness/memory.h"
#include "harness/program.h"
#include "harness/result.h"
#include "harness/statistics.h"

/* A run that was killed holds the lock until its processes are gone, too. */
#define LOCK_PATIENCE (2 * NS_PER_SECOND)
#define LOCK_PAUSE_US 10000

struct outcome *store_outcome(const struct store *store, size_t cell,
                              unsigned invocation)
{
    return &store->outcomes[cell * store->experiment->invocations + invocation -
                            1];
}

const char *const state_texts[STATES] = {[STATE_MISSING] = "missing",
                                         [STATE_DONE] = "done",
                                         [STATE_FAILED] = "failed"};

enum state store_state(const struct store *store, size_t cell,
                       unsigned invocation)
{
    const struct outcome *outcome = store_outcome(store, cell, invocation);
    if (!outcome->known)
        return STATE_MISSING;
    return outcome->valid ? STATE_DONE : STATE_FAILED;
}

size_t store_values(const struct store *store, size_t cell,
                    enum measure measure, double *values)
{
    size_t count = 0;
    for (unsigned i = 1; i <= store->experiment->invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        if (outcome->valid && !isnan(outcome->measures[measure]))
            values[count++] = outcome->measures[measure];
    }
    return count;
}

double store_median(const struct store *store, size_t cell,
                    enum measure measure)
{
    double *values = xcalloc(store->experiment->invocations, sizeof *values);
    size_t count = store_values(store, cell, measure, values);
    double median = statistics_median(values, count);
    free(values);
    return median;
}

static char *result_name(const struct cell *cell, unsigned invocation)
{
    return xasprintf("%s-%03u.json", cell->id, invocation);
}

/* Makes a directory and those above it. */
static int make_directories(const char *directory, struct error *error)
{
    char *path = xstrdup(directory);
    int status = 0;
    for (char *slash = path; slash && status == 0;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0777) < 0 && errno != EEXIST)
            status = error_set(error,
                               "cannot make the directory %s: %s; name another "
                               "one with --results",
                               path, strerror(errno));
        if (slash)
            *slash = '/';
    }
    free(path);
    return status;
}

static int lock_directory(struct store *store, enum store_use use,
                          struct error *error)
{
    store->lock = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->lock < 0 || access(store->directory, W_OK) < 0)
        return error_set(error,
                         "cannot write into %s: %s; name another directory "
                         "with --results",
                         store->directory, strerror(errno));
    int operation = use == STORE_SHARE ? LOCK_SH : LOCK_EX;
    uint64_t deadline = clock_now() + LOCK_PATIENCE;
    while (flock(store->lock, operation | LOCK_NB) < 0) {
        if (clock_now() >= deadline)
            return error_set(error,
                             "another cowlab run is writing into %s: wait for "
                             "it, or name another directory with --results",
                             store->directory);
        usleep(LOCK_PAUSE_US);
    }
    return 0;
}

static const char *text_at(const json_t *result, const char *object,
                           const char *key)
{
    const char *text = json_string_value(
        json_object_get(json_object_get(result, object), key));
    return text ? text : "none";
}

/* What differs; what to do about it comes last (advise). */
static int refuse(struct store *store, const char *path, const char *what,
                  const char *theirs, const char *ours, struct error *error)
{
    store->refused = true;
    return error_set(error, "%s was made with another %s (%s, now %s): ", path,
                     what, theirs, ours);
}

/* Whether a result was made by this build of cowlab.  Results of versions that
 * did not tell are taken on trust. */
static int check_build(struct store *store, const char *path,
                       const json_t *result, struct error *error)
{
    const char *theirs = text_at(result, "cowlab", "program_hash");
    const char *ours = program_own_hash();
    if (!strcmp(theirs, "none") || !ours || !strcmp(theirs, ours))
        return 0;
    return refuse(store, path, "build of cowlab", theirs, ours, error);
}

static int refuse_build(struct store *store, const char *path,
                        const struct build_difference *difference,
                        struct error *error)
{
    char *what = xasprintf("build of the subject: its %s", difference->name);
    refuse(store, path, what, difference->left, difference->right, error);
    free(what);
    return -1;
}

/* Whether a result was made by the program that the cell names now. */
static int check_program(struct store *store, const char *path,
                         const json_t *result, const struct subject *subject,
                         struct error *error)
{
    const char *theirs = text_at(result, "subject", "program_hash");
    const char *version = text_at(result, "subject", "version");
    char *ours = program_subject_hash(subject, error);
    json_t *build = build_json(subject);
    struct build_difference difference;
    int status = ours ? 0 : -1;
    if (ours && strcmp(theirs, ours))
        status =
            refuse(store, path, program_path(subject), theirs, ours, error);
    else if (ours && strcmp(version, subject->version))
        status = refuse(store, path, "version of the subject", version,
                        subject->version, error);
    else if (ours &&
             build_differs(
                 json_object_get(json_object_get(result, "subject"), "build"),
                 build, &difference))
        status = refuse_build(store, path, &difference, error);
    json_decref(build);
    free(ours);
    return status;
}

/* The cell that a result is of, or the cell count when it is not in the matrix
 * now: its optional subject may have been removed. */
static size_t cell_of(const struct experiment *experiment, const json_t *result)
{
    const char *id = text_at(result, "cell", "id");
    size_t cell = 0;
    while (cell < experiment->cell_count &&
           strcmp(experiment->cells[cell].id, id))
        cell++;
    return cell;
}

static void note_machine(struct store *store, const char *path,
                         const json_t *result)
{
    struct store_elsewhere *elsewhere = &store->elsewhere;
    json_t *differences =
        store->here ? machine_differences(
                          json_object_get(result, "environment"), store->here)
                    : NULL;
    if (json_array_size(differences) && elsewhere->count++ == 0) {
        elsewhere->path = xstrdup(path);
        elsewhere->differences = json_incref(differences);
    }
    json_decref(differences);
}

static int take_result(struct store *store, const char *path,
                       const json_t *result, struct error *error)
{
    const struct experiment *experiment = store->experiment;
    const char *hash = text_at(result, "experiment", "hash");
    size_t cell = cell_of(experiment, result);
    json_int_t invocation =
        json_integer_value(json_object_get(result, "invocation"));
    if (!store->described && strcmp(hash, experiment->hash))
        return refuse(store, path, "experiment file", hash, experiment->hash,
                      error);
    if (cell == experiment->cell_count || invocation < 1 ||
        invocation > experiment->invocations)
        return 0;
    struct outcome *place = store_outcome(store, cell, (unsigned)invocation);
    outcome_clear(place);
    *place = outcome_read(result);
    if (!place->valid) /* it will never be added to what is measured now */
        return 0;
    note_machine(store, path, result);
    return check_build(store, path, result, error) ||
                   check_program(store, path, result,
                                 experiment->cells[cell].subject, error)
               ? -1
               : 0;
}

static int read_results(struct store *store, struct error *error)
{
    struct dirent **entries;
    int status = 0,
        count = scandir(store->directory, &entries, result_is_file, alphasort);
    if (count < 0)
        return error_set(error, "cannot read the directory %s: %s",
                         store->directory, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s", store->directory, entries[i]->d_name);
        json_t *result = status == 0 ? result_read(path, error) : NULL;
        if (status == 0)
            status = result ? take_result(store, path, result, error) : -1;
        json_decref(result);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* Whether the description that is there, if one is, is that of the experiment.
 */
static int check_description(struct store *store, const json_t *ours,
                             struct error *error)
{
    json_t *theirs = description_read(store->directory, error);
    store->described = theirs != NULL;
    if (!theirs)
        return error->text[0] ? -1 : 0;
    char *difference = description_difference(theirs, ours);
    json_decref(theirs);
    if (!difference)
        return 0;
    store->refused = true;
    error_set(error,
              "the results in %s are of another experiment than %s is now:\n"
              "%s",
              store->directory, store->experiment->path, difference);
    free(difference);
    return -1;
}

/* Compares the description and, if the directory is to be written, brings it up
 * to date. */
static int describe(struct store *store, enum store_use use,
                    struct error *error)
{
    json_t *ours = description_json(store->experiment);
    int status = check_description(store, ours, error);
    if (status == 0)
        status = read_results(store, error);
    if (status == 0 && use != STORE_LOOK)
        status = description_write(store->directory, ours, error);
    json_decref(ours);
    return status;
}

/* Ends a refusal with what to do about it, which may push out a part of a long
 * difference. */
static void advise(const struct store *store, struct error *error)
{
    char *numbered = store_numbered(store->experiment, store->directory);
    char *advice =
        numbered
            ? xasprintf("%s holds results of this one: go on with --results "
                        "%s, or give --new to begin another directory",
                        numbered, numbered)
            : xstrdup("give --new to begin a directory of its own, or name one "
                      "with --results");
    /* A path can be longer than any message: then the advice is cut off. */
    const size_t half = sizeof error->text / 2;
    size_t length = strlen(error->text), needed = strlen(advice) + 1;
    size_t room = sizeof error->text - (needed < half ? needed : half);
    if (length > room)
        length = room;
    snprintf(error->text + length, sizeof error->text - length, "%s", advice);
    free(advice);
    free(numbered);
}

int store_open(struct store *store, const struct experiment *experiment,
               const char *directory, enum store_use use, struct error *error)
{
    *store = (struct store){
        .experiment = experiment,
        .directory = xstrdup(directory),
        .lock = -1,
        .outcomes = xcalloc(experiment->cell_count * experiment->invocations,
                            sizeof *store->outcomes),
    };
    bool writes = use != STORE_LOOK;
    if (writes)
        store->here = environment_json("");
    if ((use == STORE_LOOK && access(directory, F_OK) < 0) ||
        ((!writes || (make_directories(store->directory, error) == 0 &&
                      lock_directory(store, use, error) == 0)) &&
         (use != STORE_RUN || result_sweep(store->directory, error) == 0) &&
         describe(store, use, error) == 0))
        return 0;
    if (store->refused)
        advise(store, error);
    store_close(store);
    return -1;
}

void store_close(struct store *store)
{
    const struct experiment *experiment = store->experiment;
    for (size_t i = 0; i < experiment->cell_count * experiment->invocations;
         i++)
        outcome_clear(&store->outcomes[i]);
    free(store->outcomes);
    free(store->directory);
    json_decref(store->here);
    free(store->elsewhere.path);
    json_decref(store->elsewhere.differences);
    if (store->lock >= 0)
        close(store->lock);
}

/* The first place where two lists differ, or the length of both. */
static size_t first_difference(char *const *left, char *const *right)
{
    size_t i = 0;
    while (left[i] && right[i] && !strcmp(left[i], right[i]))
        i++;
    return i;
}

static char *compare(const struct cell *cell, const struct outcome *outcome,
                     const struct cell *other_cell, const struct outcome *other)
{
    size_t i = first_difference(outcome->replies, other->replies);
    if (outcome->replies[i])
        return xasprintf("worker %zu replied %s in sum, but that of %s %s", i,
                         outcome->replies[i], other_cell->subject_label,
                         other->replies[i]);
    if (!cell->subject->collector || !other_cell->subject->collector)
        return NULL;
    i = first_difference(outcome->graphs, other->graphs);
    if (!outcome->graphs[i])
        return NULL;
    return xasprintf("the graph of %s %zu is %s, but that of %s is %s",
                     i ? "worker" : "template", i ? i - 1 : i,
                     outcome->graphs[i], other_cell->subject_label,
                     other->graphs[i]);
}

char *store_disagreement(const struct store *store, size_t cell,
                         unsigned invocation, const struct outcome *outcome)
{
    const struct cell *cells = store->experiment->cells;
    for (size_t i = 0; i < store->experiment->cell_count; i++) {
        const struct outcome *other = store_outcome(store, i, invocation);
        if (i == cell || !other->valid ||
            !cell_same_work(&cells[i], &cells[cell]))
            continue;
        char *text = compare(&cells[cell], outcome, &cells[i], other);
        if (text)
            return text;
    }
    return NULL;
}

char *store_path(const struct store *store, size_t cell, unsigned invocation)
{
    char *name = result_name(&store->experiment->cells[cell], invocation);
    char *path = xasprintf("%s/%s", store->directory, name);
    free(name);
    return path;
}

int store_put(struct store *store, size_t cell, unsigned invocation,
              const json_t *result, struct error *error)
{
    char *name = result_name(&store->experiment->cells[cell], invocation);
    int status = result_write(store->directory, name, result, error);
    free(name);
    if (status < 0)
        return -1;
    struct outcome *place = store_outcome(store, cell, invocation);
    outcome_clear(place);
    *place = outcome_read(result);
    return 0;
}
