/* status.c: the verb `cowlab status`: how far experiments are. */
#include "harness/status.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/directories.h"
#include "harness/memory.h"
#include "harness/statistics.h"
#include "harness/verb.h"

struct request {
    struct directories directories;
    bool json;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        directories_add(&request->directories, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "the same as JSON, with all cells", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[DIR...]",
    .doc = "Tell how far experiments are, by their directories of results "
           "alone (all below results/ if none is given): what is done, missing "
           "and failed, the time that is left by what was measured, and "
           "whether a run is writing there now.  Of a single DIR every cell "
           "and every failure is told."
           "\vThe exit status is 0 when everything is done, and 2 when "
           "something is missing or has failed.\n\n"
           "Example: cowlab status results/demo",
};

/* The times of a cell's valid invocations into room for all; returns how many
 * they are. */
static size_t cell_times(const struct holdings *holdings, size_t cell,
                         double *times)
{
    size_t count = 0;
    for (unsigned i = 1; i <= holdings->invocations; i++) {
        const struct holding *holding = holdings_find(holdings, cell, i);
        const json_t *ns =
            holding ? json_object_get(holding->json, "wall_ns") : NULL;
        if (holding && holding->valid && json_is_integer(ns))
            times[count++] = (double)json_integer_value(ns);
    }
    return count;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return count ? sum / (double)count : NAN;
}

/* What a cell that has no valid invocation will take is taken to be what the
 * others take in the mean. */
static void read_cells(struct status *status)
{
    struct holdings *holdings = &status->holdings;
    size_t count = holdings->cell_count, timed = 0;
    double *times = xcalloc(count * holdings->invocations, sizeof *times);
    double *means = xcalloc(count, sizeof *means);
    status->cells = xcalloc(count, sizeof *status->cells);
    for (size_t i = 0; i < count; i++) {
        struct cell_status *cell = &status->cells[i];
        size_t its = cell_times(holdings, i, times + timed);
        means[i] = mean(times + timed, its);
        cell->median_ns = statistics_median(times + timed, its);
        timed += its;
        for (unsigned k = 1; k <= holdings->invocations; k++)
            cell->in_state[holdings_state(holdings, i, k)]++;
        for (size_t k = 0; k < STATES; k++)
            status->in_state[k] += cell->in_state[k];
    }
    double others = mean(times, timed);
    for (size_t i = 0; i < count; i++) {
        size_t missing = status->cells[i].in_state[STATE_MISSING];
        if (missing)
            status->left_ns +=
                (double)missing * (isnan(means[i]) ? others : means[i]);
    }
    free(means);
    free(times);
}

static void read_status(struct status *status)
{
    status->in_use = holdings_in_use(&status->holdings);
    status->last_started = "";
    for (size_t i = 0; i < status->holdings.count; i++) {
        const char *started =
            holdings_text(status->holdings.items[i].json, "started_at", NULL);
        if (strcmp(started, status->last_started) > 0)
            status->last_started = started;
    }
    read_cells(status);
}

static int open_status(struct status *status, const char *directory)
{
    struct error error;
    int outcome = holdings_open(&status->holdings, directory, &error);
    if (outcome == 0 && !status->holdings.description)
        outcome = error_set(&error,
                            "%s: nothing tells what should be there: no "
                            "description of an experiment is in it; run the "
                            "experiment again into it",
                            directory);
    if (outcome < 0)
        fprintf(stderr, "cowlab: %s\n", error.text);
    else
        read_status(status);
    return outcome;
}

const char *status_name(const struct status *status)
{
    return holdings_text(status->holdings.description, "name", NULL);
}

const char *status_reason(const struct holding *holding)
{
    const char *reason = holdings_text(holding->json, "reason", NULL);
    return *reason ? reason : "no-result";
}

const char *status_detail(const struct holding *holding)
{
    return holding->json ? holdings_text(holding->json, "detail", NULL)
                         : holding->fault;
}

static bool is_complete(const struct status *status)
{
    return !status->in_state[STATE_MISSING] && !status->in_state[STATE_FAILED];
}

static enum exit_status tell(const struct request *request)
{
    const struct directories *directories = &request->directories;
    struct status *items = xcalloc(directories->count, sizeof *items);
    enum exit_status outcome = EXIT_OK;
    size_t count = 0;
    for (size_t i = 0; i < directories->count; i++) {
        if (open_status(&items[count], directories->items[i]) < 0)
            outcome = EXIT_ENVIRONMENT;
        else if (!is_complete(&items[count]) && outcome == EXIT_OK)
            outcome = EXIT_INVALID;
        if (items[count].cells)
            count++;
        else
            holdings_close(&items[count].holdings);
    }
    if (request->json)
        status_print_json(items, count);
    else if (directories->given && directories->count == 1 && count == 1)
        status_print_one(items);
    else if (count)
        status_print_all(items, count);
    for (size_t i = 0; i < count; i++) {
        holdings_close(&items[i].holdings);
        free(items[i].cells);
    }
    free(items);
    return outcome;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    enum exit_status outcome = directories_find(&request.directories);
    if (outcome == EXIT_OK)
        outcome = tell(&request);
    directories_free(&request.directories);
    return outcome;
}

const struct verb verb_status = {
    .name = "status",
    .summary = "how far experiments are: done, missing, failed, time left",
    .run = run,
};
