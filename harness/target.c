/* target.c: see target.h. */
#include "harness/target.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/cell-json.h"
#include "harness/experiment-path.h"
#include "harness/memory.h"
#include "harness/verb.h"

static const struct argp_option options[] = {
    {"results", 'r', "DIR", 0, "the directory of results, not results/NAME", 0},
    {"set", 's', "KEY=VALUE", 0,
     "change a key of the experiment file: bursts=5, workers=2,4, "
     "subject=[mark-side]; may be given several times",
     0},
    {"only", 'o', "SELECTION", 0,
     "only these cells and invocations: collector=mark-side,workers=2|8; keys "
     "are subject, workload, workers, cell, invocation, and every option and "
     "parameter",
     0},
    {0},
};

static void add_only(struct target *target, const char *selection)
{
    char *joined = target->only ? xasprintf("%s,%s", target->only, selection)
                                : xstrdup(selection);
    free(target->only);
    target->only = joined;
}

static void add_change(struct target *target, char *change)
{
    target->changes = xreallocarray(target->changes, target->change_count + 2,
                                    sizeof *target->changes);
    target->changes[target->change_count++] = change;
    target->changes[target->change_count] = NULL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct target *target = state->input;
    switch (key) {
    case 'r':
        target->results = argument;
        return 0;
    case 's':
        add_change(target, argument);
        return 0;
    case 'o':
        add_only(target, argument);
        return 0;
    case ARGP_KEY_ARG:
        verb_take(&target->file, argument, "experiment file", state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which experiment file?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp target_argp = {.options = options, .parser = parse};

enum exit_status target_open(struct target *target)
{
    struct error error;
    if (target->results && !path_is_utf8(target->results)) {
        fprintf(stderr,
                "cowlab: --results %s: the path must be UTF-8, as what is said "
                "of it in JSON is\n",
                target->results);
        return EXIT_USAGE;
    }
    if (catalogue_open(&target->catalogue, &error) < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    if (experiment_open(&target->experiment, target->file, target->changes,
                        &target->catalogue, &error) < 0) {
        fprintf(stderr, "%s\n", error.text);
        return EXIT_USAGE;
    }
    target->cells = cells_json(&target->experiment);
    if (target->only &&
        cell_filter_open(&target->filter, target->only, target->cells,
                         target->experiment.invocations, &error) < 0) {
        fprintf(stderr, "cowlab: --only: %s\n", error.text);
        return EXIT_USAGE;
    }
    target->directory = target->results
                            ? xstrdup(target->results)
                            : xasprintf("results/%s", target->experiment.name);
    return EXIT_OK;
}

void target_close(struct target *target)
{
    cell_filter_close(&target->filter);
    json_decref(target->cells);
    experiment_close(&target->experiment);
    catalogue_close(&target->catalogue);
    free(target->directory);
    free(target->changes);
    free(target->only);
}

bool target_takes(const struct target *target, size_t cell, unsigned invocation)
{
    return cell_filter_takes(&target->filter,
                             json_array_get(target->cells, cell), invocation);
}
