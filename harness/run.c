/* run.c: the verb `cowlab run`: makes the measurements of an experiment. */
#include "harness/verb.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/descriptors.h"
#include "harness/guard.h"
#include "harness/interrupt.h"
#include "harness/invocation.h"
#include "harness/memory.h"
#include "harness/order.h"
#include "harness/store.h"
#include "harness/summary.h"
#include "harness/target.h"

struct request {
    struct target target;
    const char *rerun; /* NULL: nothing is measured that is there */
    bool failed, fresh, share, quiet, json;
};

static const struct argp_option options[] = {
    {"new", 'n', NULL, 0,
     "begin a new directory (NAME.2, NAME.3, ...) beside the one that is there",
     0},
    {"failed", 'f', NULL, 0,
     "measure those again that are invalid, and nothing else", 0},
    {"rerun", 'R', "SELECTION", 0,
     "measure these again, valid or not, and nothing else", 0},
    {"share", 'S', NULL, 0,
     "let others that share the directory write into it meanwhile; print the "
     "paths of the results and no table",
     0},
    {"quiet", 'q', NULL, 0, "show no progress", 0},
    {"json", 'j', NULL, 0, "print the table as JSON", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &request->target;
        return 0;
    case 'n':
        request->fresh = true;
        return 0;
    case 'f':
        request->failed = true;
        return 0;
    case 'R':
        request->rerun = argument;
        return 0;
    case 'S':
        request->share = true;
        return 0;
    case 'q':
        request->quiet = true;
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_END:
        if (request->failed && request->rerun)
            argp_error(state, "--failed or --rerun, not both");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &target_argp}, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "FILE",
    .doc =
        "Run an experiment: every invocation of every cell in fresh "
        "processes, one result file each, and a table at the end."
        "\vWhat is there already is kept and not measured again, so that a run "
        "that was stopped goes on where it was; if the experiment, cowlab "
        "or a subject has changed meanwhile, the run is refused and the "
        "difference shown.  Ctrl-C finishes the invocation and "
        "stops, a second one stops at once.  The exit status is 2 when an "
        "invocation is "
        "invalid.\n\n"
        "Example: cowlab run experiments/demo.yaml --results /tmp/demo",
};

/* A run under way. */
struct run {
    const struct request *request;
    struct cell_filter rerun;
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
static enum exit_status run_one(struct run *run, const struct order_item *item,
                                struct error *error)
{
    const struct experiment *experiment = run->store.experiment;
    const struct cell *cell = &experiment->cells[item->cell];
    struct record record;
    enum exit_status status = EXIT_OK;
    record_open(&record, experiment, cell, item->invocation,
                order_seed(experiment, item->invocation));
    record.directory = run->store.directory;
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

/* Whether an invocation that was asked for was invalid or not made. */
static bool incomplete(const struct run *run)
{
    const struct experiment *experiment = run->store.experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (unsigned k = 1; k <= experiment->invocations; k++)
            if (target_takes(&run->request->target, i, k) &&
                store_state(&run->store, i, k) != STATE_DONE)
                return true;
    return false;
}

static bool is_asked_for(const struct run *run, const struct order_item *item)
{
    const struct request *request = run->request;
    enum state state = store_state(&run->store, item->cell, item->invocation);
    if (!target_takes(&request->target, item->cell, item->invocation))
        return false;
    if (request->rerun)
        return cell_filter_takes(
            &run->rerun, json_array_get(request->target.cells, item->cell),
            item->invocation);
    return state == (request->failed ? STATE_FAILED : STATE_MISSING);
}

/* Leaves in the order what is to be measured now; says what is there. */
static size_t choose(struct run *run, struct order_item *order, size_t count)
{
    size_t left = 0, failed = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        enum state state =
            store_state(&run->store, order[i].cell, order[i].invocation);
        if (is_asked_for(run, &order[i])) {
            order[left++] = order[i];
            continue;
        }
        progress_skip(&run->progress);
        kept += state != STATE_MISSING;
        failed += state == STATE_FAILED;
    }
    if (kept)
        progress_say(&run->progress,
                     "%zu of %zu invocations are in %s already and are kept",
                     kept, count, run->store.directory);
    if (failed)
        progress_say(&run->progress,
                     "%zu of them %s invalid: --failed measures them again",
                     failed, failed == 1 ? "is" : "are");
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
    struct order_item *order = order_make(experiment);
    size_t count =
        choose(run, order, experiment->cell_count * experiment->invocations);
    enum exit_status status =
        guard_hold(run->store.lock, &error) < 0 ? EXIT_ENVIRONMENT : EXIT_OK;
    for (size_t i = 0; i < count && status == EXIT_OK; i++)
        status = interrupt_came() ? interrupted(run, &error)
                                  : run_one(run, &order[i], &error);
    free(order);
    progress_clear(&run->progress);
    if (status != EXIT_OK)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else if (incomplete(run))
        status = EXIT_INVALID;
    return status;
}

/* The paths of the results that were asked for and are there. */
static void print_paths(const struct run *run)
{
    const struct experiment *experiment = run->store.experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (unsigned k = 1; k <= experiment->invocations; k++) {
            if (!target_takes(&run->request->target, i, k) ||
                store_state(&run->store, i, k) == STATE_MISSING)
                continue;
            char *path = store_path(&run->store, i, k);
            puts(path);
            free(path);
        }
}

static enum exit_status run_in_store(struct run *run)
{
    const struct request *request = run->request;
    const struct experiment *experiment = &request->target.experiment;
    progress_open(&run->progress, experiment, request->quiet);
    for (size_t i = 0; i < experiment->left_out_count; i++)
        progress_say(&run->progress, "left out: %s: %s",
                     experiment->left_out[i].subject,
                     experiment->left_out[i].why);
    enum exit_status status = run_plan(run);
    if (request->share)
        print_paths(run);
    else
        print_summary(&run->store, request->json);
    progress_close(&run->progress);
    return status;
}

static enum exit_status open_and_run(struct run *run, struct error *error)
{
    const struct request *request = run->request;
    char *directory = request->fresh
                          ? store_fresh_directory(request->target.directory)
                          : xstrdup(request->target.directory);
    enum exit_status status = EXIT_ENVIRONMENT;
    if (descriptors_allow(&request->target.experiment, error) == 0 &&
        limit_try(&request->target.experiment, directory, error) == 0 &&
        store_open(&run->store, &request->target.experiment, directory,
                   request->share ? STORE_SHARE : STORE_RUN, error) == 0) {
        status = run_in_store(run);
        store_close(&run->store);
    } else
        fprintf(stderr, "cowlab: %s\n", error->text);
    free(directory);
    return status;
}

static enum exit_status run_experiment(const struct request *request)
{
    struct error error;
    struct run run = {.request = request, .load = -1, .warned = json_object()};
    enum exit_status status = EXIT_ENVIRONMENT;
    if (getloadavg(&run.load, 1) < 1)
        run.load = -1;
    if (request->rerun &&
        cell_filter_open(&run.rerun, request->rerun, request->target.cells,
                         request->target.experiment.invocations, &error) < 0) {
        fprintf(stderr, "cowlab: --rerun: %s\n", error.text);
        status = EXIT_USAGE;
    } else if ((run.interrupt = interrupt_open(
                    "finishing this invocation; Ctrl-C again stops now\n",
                    &error)) < 0)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else {
        status = open_and_run(&run, &error);
        interrupt_close(run.interrupt);
    }
    cell_filter_close(&run.rerun);
    json_decref(run.warned);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct error error;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    if (guard_open(&error) < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    signal(SIGXFSZ, SIG_IGN); /* a file that grew too large is an error */
    enum exit_status status = target_open(&request.target);
    if (status == EXIT_OK)
        status = run_experiment(&request);
    target_close(&request.target);
    guard_close();
    return status;
}

const struct verb verb_run = {
    .name = "run",
    .summary = "run an experiment and print its table",
    .run = run,
};
