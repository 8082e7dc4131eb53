/* run.c: the verb `cowlab run`: makes the measurements of an experiment. */
#include "harness/verb.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/guard.h"
#include "harness/interrupt.h"
#include "harness/invocation.h"
#include "harness/memory.h"
#include "harness/plan.h"
#include "harness/store.h"
#include "harness/summary.h"

struct request {
    const char *file;
    const char *results; /* NULL: results/NAME */
    bool fresh, quiet, json;
};

static const struct argp_option options[] = {
    {"results", 'r', "DIR", 0, "write there instead of results/NAME", 0},
    {"new", 'n', NULL, 0,
     "begin a new directory (NAME.2, NAME.3, ...) beside the one that is there",
     0},
    {"quiet", 'q', NULL, 0, "show no progress", 0},
    {"json", 'j', NULL, 0, "print the table as JSON", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'r':
        request->results = argument;
        return 0;
    case 'n':
        request->fresh = true;
        return 0;
    case 'q':
        request->quiet = true;
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        verb_take(&request->file, argument, "experiment file", state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which experiment file?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "FILE",
    .doc = "Run an experiment: every invocation of every cell in fresh "
           "processes, one result file each, and a table at the end."
           "\vValid results of the same experiment file and the same programs "
           "that are there already are kept and not measured again, so that a "
           "run that was stopped goes on where it was.  Ctrl-C finishes the "
           "invocation and stops, a second one stops at once.  The exit status "
           "is 2 when an invocation is invalid.\n\n"
           "Example: cowlab run experiments/demo.yaml --results /tmp/demo",
};

/* A run under way. */
struct run {
    struct store store;
    struct progress progress;
    int interrupt;
    double load;    /* before the run; negative when unknown */
    json_t *warned; /* codes of warnings that have been said */
};

/* Says each kind of warning once. */
static void say_warnings(struct run *run, const json_t *warnings)
{
    const json_t *warning;
    size_t i;
    json_array_foreach(warnings, i, warning)
    {
        const char *code = json_string_value(json_object_get(warning, "code"));
        if (json_object_get(run->warned, code))
            continue;
        json_object_set_new(run->warned, code, json_true());
        progress_say(&run->progress, "warning: %s (%s)",
                     json_string_value(json_object_get(warning, "detail")),
                     json_string_value(json_object_get(warning, "next")));
    }
}

/* The same work must have the same outcome, whoever does it. */
static void compare(const struct run *run, size_t cell, struct record *record)
{
    json_t *json = record_json(record);
    struct outcome outcome = outcome_read(json);
    char *detail =
        store_disagreement(&run->store, cell, record->invocation, &outcome);
    if (detail)
        record_invalid(record, REASON_CHECKSUM_DIFFERS, "%s", detail);
    free(detail);
    outcome_clear(&outcome);
    json_decref(json);
}

/* What the subject itself said last, or NULL: most often it knows best. */
static char *last_words(const struct record *record)
{
    char *words = NULL, *copy = xstrdup(record->output ? record->output : "");
    char *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            words = line;
    words = words ? xstrdup(words) : NULL;
    free(copy);
    return words;
}

/* "valid", or all that a reader of the progress should know of the fault. */
static char *outcome_text(const struct record *record)
{
    if (record->reason == REASON_NONE)
        return xstrdup("valid");
    char *words = last_words(record);
    char *text = xasprintf("invalid: %s: %s%s%s", reason_text(record->reason),
                           record->detail, words ? "; it said: " : "",
                           words ? words : "");
    free(words);
    return text;
}

static int keep(struct run *run, size_t cell, struct record *record,
                struct error *error)
{
    char *outcome = outcome_text(record);
    json_t *json = record_json(record);
    int status = store_put(&run->store, cell, record->invocation, json, error);
    progress_end(&run->progress, outcome);
    say_warnings(run, record->warnings);
    json_decref(json);
    free(outcome);
    return status;
}

static enum exit_status interrupted(const struct run *run, struct error *error)
{
    error_set(error, "interrupted; what is finished is in %s",
              run->store.directory);
    return EXIT_INTERRUPTED;
}

/* Runs one invocation and keeps its result. */
static enum exit_status run_one(struct run *run, const struct plan_item *item,
                                struct error *error)
{
    const struct experiment *experiment = run->store.experiment;
    const struct cell *cell = &experiment->cells[item->cell];
    struct record record;
    enum exit_status status = EXIT_OK;
    record_open(&record, experiment, cell, item->invocation,
                plan_seed(experiment, item->invocation));
    progress_begin(&run->progress, cell, item->cell + 1, item->invocation);
    if (invocation_run(&record, &run->progress, run->interrupt, run->load,
                       error) < 0)
        status = EXIT_ENVIRONMENT;
    else if (record.reason == REASON_INTERRUPTED)
        status = interrupted(run, error);
    else {
        if (record.reason == REASON_NONE)
            compare(run, item->cell, &record);
        if (keep(run, item->cell, &record, error) < 0)
            status = EXIT_ENVIRONMENT;
    }
    record_free(&record);
    return status;
}

/* Whether an invocation was invalid or not made. */
static bool incomplete(const struct store *store)
{
    const struct experiment *experiment = store->experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (unsigned k = 1; k <= experiment->invocations; k++)
            if (!store_outcome(store, i, k)->valid)
                return true;
    return false;
}

/* Leaves out of the plan what is there already; says how much that is. */
static size_t skip_known(struct run *run, struct plan_item *plan, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (store_outcome(&run->store, plan[i].cell, plan[i].invocation)->valid)
            progress_skip(&run->progress);
        else
            plan[left++] = plan[i];
    }
    if (left < count)
        progress_say(&run->progress,
                     "%zu of %zu invocations are in %s already and are kept",
                     count - left, count, run->store.directory);
    return left;
}

static void print_summary(const struct store *store, bool as_json)
{
    if (!as_json) {
        summary_print(store, stdout);
        printf("Results: %s\n", store->directory);
        return;
    }
    json_t *json = summary_json(store);
    json_dumpf(json, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(json);
}

static enum exit_status run_plan(struct run *run)
{
    struct error error = {""};
    const struct experiment *experiment = run->store.experiment;
    struct plan_item *plan = plan_make(experiment);
    size_t count =
        skip_known(run, plan, experiment->cell_count * experiment->invocations);
    enum exit_status status =
        guard_hold(run->store.lock, &error) < 0 ? EXIT_ENVIRONMENT : EXIT_OK;
    for (size_t i = 0; i < count && status == EXIT_OK; i++)
        status = interrupt_came() ? interrupted(run, &error)
                                  : run_one(run, &plan[i], &error);
    free(plan);
    progress_clear(&run->progress);
    if (status != EXIT_OK)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else if (incomplete(&run->store))
        status = EXIT_INVALID;
    return status;
}

static enum exit_status run_experiment(const struct experiment *experiment,
                                       const struct request *request,
                                       struct error *error)
{
    struct run run = {.load = -1, .warned = json_object()};
    char *directory = request->results
                          ? xstrdup(request->results)
                          : xasprintf("results/%s", experiment->name);
    enum exit_status status = EXIT_ENVIRONMENT;
    if (getloadavg(&run.load, 1) < 1)
        run.load = -1;
    run.interrupt = interrupt_open(
        "finishing this invocation; Ctrl-C again stops now\n", error);
    if (run.interrupt >= 0 && store_open(&run.store, experiment, directory,
                                         request->fresh, error) == 0) {
        progress_open(&run.progress, experiment, request->quiet);
        for (size_t i = 0; i < experiment->left_out_count; i++)
            progress_say(&run.progress, "left out: %s: %s",
                         experiment->left_out[i].subject,
                         experiment->left_out[i].why);
        status = run_plan(&run);
        print_summary(&run.store, request->json);
        progress_close(&run.progress);
        store_close(&run.store);
    } else
        fprintf(stderr, "cowlab: %s\n", error->text);
    if (run.interrupt >= 0)
        interrupt_close(run.interrupt);
    json_decref(run.warned);
    free(directory);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct error error;
    struct catalogue catalogue;
    struct experiment experiment;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    if (guard_open(&error) < 0 || catalogue_open(&catalogue, &error) < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    enum exit_status status = EXIT_USAGE;
    signal(SIGXFSZ, SIG_IGN); /* a file that grew too large is an error */
    if (experiment_open(&experiment, request.file, NULL, &catalogue, &error) < 0)
        fprintf(stderr, "%s\n", error.text);
    else {
        status = run_experiment(&experiment, &request, &error);
        experiment_close(&experiment);
    }
    catalogue_close(&catalogue);
    guard_close();
    return status;
}

const struct verb verb_run = {
    .name = "run",
    .summary = "run an experiment and print its table",
    .run = run,
};
