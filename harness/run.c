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
#include "harness/limit.h"
#include "harness/measurement.h"
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
        "difference shown, with the directory that --new made for it, if there "
        "is one, to go on in.  Results of another machine are warned of.  "
        "Ctrl-C finishes the invocation and stops, a second "
        "one stops at once.  The exit status is 2 when an invocation is "
        "invalid.\n\n"
        "Example: cowlab run experiments/demo.yaml --results /tmp/demo",
};

/* A run under way. */
struct run {
    const struct request *request;
    struct cell_filter rerun;
    struct measurement measurement;
};

/* Whether an invocation that was asked for was invalid or not made. */
static bool incomplete(const struct run *run)
{
    const struct experiment *experiment = run->measurement.store.experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (unsigned k = 1; k <= experiment->invocations; k++)
            if (target_takes(&run->request->target, i, k) &&
                store_state(&run->measurement.store, i, k) != STATE_DONE)
                return true;
    return false;
}

static bool is_asked_for(const struct run *run, const struct order_item *item)
{
    const struct request *request = run->request;
    enum state state =
        store_state(&run->measurement.store, item->cell, item->invocation);
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
        enum state state = store_state(&run->measurement.store, order[i].cell,
                                       order[i].invocation);
        if (is_asked_for(run, &order[i])) {
            order[left++] = order[i];
            continue;
        }
        progress_skip(&run->measurement.progress);
        kept += state != STATE_MISSING;
        failed += state == STATE_FAILED;
    }
    if (kept)
        progress_say(&run->measurement.progress,
                     "%zu of %zu invocations are in %s already and are kept",
                     kept, count, run->measurement.store.directory);
    if (failed)
        progress_say(&run->measurement.progress,
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

/* As text, by the caller to be freed. */
static char *differences_text(const json_t *differences)
{
    char *text = xstrdup("");
    const json_t *difference;
    size_t i;
    json_array_foreach(differences, i, difference)
    {
        char *there =
            json_dumps(json_object_get(difference, "a"), JSON_ENCODE_ANY);
        char *here =
            json_dumps(json_object_get(difference, "b"), JSON_ENCODE_ANY);
        char *longer = xasprintf(
            "%s%s%s was %s, here %s", text, i ? "; " : "",
            json_string_value(json_object_get(difference, "key")), there, here);
        free(here);
        free(there);
        free(text);
        text = longer;
    }
    return text;
}

/* Said though the run be quiet: nothing makes it good afterwards. */
static void warn_of_machine(const struct store *store)
{
    const struct store_elsewhere *elsewhere = &store->elsewhere;
    if (!elsewhere->count)
        return;
    char *text = differences_text(elsewhere->differences);
    fprintf(stderr,
            "cowlab: warning: results in %s (%zu) are of another machine or "
            "kernel than this, such as %s: %s; `cowlab check' will not let the "
            "directory pass, and `cowlab compare' will refuse it: go on where "
            "they were measured, or give --new to begin a directory of this "
            "machine\n",
            store->directory, elsewhere->count, elsewhere->path, text);
    free(text);
}

static enum exit_status run_plan(struct run *run)
{
    struct error error = {""};
    const struct experiment *experiment = run->measurement.store.experiment;
    struct order_item *order = order_make(experiment);
    size_t count =
        choose(run, order, experiment->cell_count * experiment->invocations);
    enum exit_status status =
        guard_hold(run->measurement.store.lock, &error) < 0 ? EXIT_ENVIRONMENT
                                                            : EXIT_OK;
    if (count)
        warn_of_machine(&run->measurement.store);
    for (size_t i = 0; i < count && status == EXIT_OK; i++)
        status = interrupt_came()
                     ? measurement_interrupted(&run->measurement, &error)
                     : measurement_make(&run->measurement, &order[i], &error);
    free(order);
    progress_clear(&run->measurement.progress);
    if (status != EXIT_OK)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else if (incomplete(run))
        status = EXIT_INVALID;
    return status;
}

/* The paths of the results that were asked for and are there. */
static void print_paths(const struct run *run)
{
    const struct experiment *experiment = run->measurement.store.experiment;
    for (size_t i = 0; i < experiment->cell_count; i++)
        for (unsigned k = 1; k <= experiment->invocations; k++) {
            if (!target_takes(&run->request->target, i, k) ||
                store_state(&run->measurement.store, i, k) == STATE_MISSING)
                continue;
            char *path = store_path(&run->measurement.store, i, k);
            puts(path);
            free(path);
        }
}

static enum exit_status run_in_store(struct run *run)
{
    const struct request *request = run->request;
    const struct experiment *experiment = &request->target.experiment;
    progress_open(&run->measurement.progress, experiment, request->quiet);
    for (size_t i = 0; i < experiment->left_out_count; i++)
        progress_say(&run->measurement.progress, "left out: %s: %s",
                     experiment->left_out[i].subject,
                     experiment->left_out[i].why);
    enum exit_status status = run_plan(run);
    if (request->share)
        print_paths(run);
    else
        print_summary(&run->measurement.store, request->json);
    progress_close(&run->measurement.progress);
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
        store_open(&run->measurement.store, &request->target.experiment,
                   directory, request->share ? STORE_SHARE : STORE_RUN,
                   error) == 0) {
        status = run_in_store(run);
        store_close(&run->measurement.store);
    } else
        fprintf(stderr, "cowlab: %s\n", error->text);
    free(directory);
    return status;
}

static enum exit_status run_experiment(const struct request *request)
{
    struct error error;
    struct run run = {.request = request,
                      .measurement = {.load = -1, .warned = json_object()}};
    enum exit_status status = EXIT_ENVIRONMENT;
    if (getloadavg(&run.measurement.load, 1) < 1)
        run.measurement.load = -1;
    if (request->rerun &&
        cell_filter_open(&run.rerun, request->rerun, request->target.cells,
                         request->target.experiment.invocations, &error) < 0) {
        fprintf(stderr, "cowlab: --rerun: %s\n", error.text);
        status = EXIT_USAGE;
    } else if ((run.measurement.interrupt = interrupt_open(
                    "finishing this invocation; Ctrl-C again stops now\n",
                    &error)) < 0)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else {
        status = open_and_run(&run, &error);
        interrupt_close(run.measurement.interrupt);
    }
    cell_filter_close(&run.rerun);
    json_decref(run.measurement.warned);
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
