/* compare.c: the verb `cowlab compare`: two results, cells or result sets, and
 * how sure their differences are. */
#include "harness/verb.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/compare-published.h"
#include "harness/comparison.h"
#include "harness/memory.h"

struct request {
    const char *sides[2];
    const char *published; /* a directory, instead of the sides */
    bool json, across_machines;
};

enum { ACROSS_MACHINES = 256, PUBLISHED };

static const struct argp_option options[] = {
    {"across-machines", ACROSS_MACHINES, NULL, 0,
     "compare results of different machines", 0},
    {"json", 'j', NULL, 0, "print the comparison as JSON", 0},
    {"published", PUBLISHED, "DIRECTORY", 0,
     "compare the results in a directory with the published numbers that its "
     "experiment names",
     0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'j':
        request->json = true;
        return 0;
    case ACROSS_MACHINES:
        request->across_machines = true;
        return 0;
    case PUBLISHED:
        request->published = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= 2)
            argp_error(state, "a third side '%s': give two", argument);
        else
            request->sides[state->arg_num] = argument;
        return 0;
    case ARGP_KEY_END:
        if (request->published && state->arg_num)
            argp_error(state, "sides beside --published: it takes none");
        else if (!request->published && state->arg_num < 2)
            argp_error(state, "compare which two?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "A B\n--published DIRECTORY",
    .doc =
        "Compare two sides: each is a result file, a directory of results, or "
        "DIRECTORY:SELECTION, cells of it as in "
        "`collector=mark-side,workers=8`."
        "\vCells of the same id are compared with each other; one cell a side "
        "with each other, whichever they are; several with those that differ "
        "in the subject, the workload or the number of workers alone.  Medians "
        "and the ratio of B to A have 95 % bootstrap intervals, from 6 "
        "invocations on; where that of the ratio covers 1, the two are called "
        "the same.  Invalid invocations are left out and named.  Results of "
        "different machines are refused.  The exit status is 2 when something "
        "that was asked for is missing or invalid.\n\n"
        "Example: cowlab compare results/demo:subject=mark-header "
        "results/demo:subject=mark-side",
};

static char *difference_text(const json_t *difference)
{
    char *a = json_dumps(json_object_get(difference, "a"), JSON_ENCODE_ANY);
    char *b = json_dumps(json_object_get(difference, "b"), JSON_ENCODE_ANY);
    char *text =
        xasprintf("%s is %s and %s",
                  json_string_value(json_object_get(difference, "key")), a, b);
    free(a);
    free(b);
    return text;
}

/* Says all that a reader should know beforehand; refuses other machines. */
static enum exit_status check(const struct comparison *comparison,
                              bool across_machines)
{
    const json_t *item;
    size_t i;
    json_array_foreach(comparison->warnings, i, item)
        fprintf(stderr, "warning: %s\n",
                json_string_value(json_object_get(item, "detail")));
    if (!json_array_size(comparison->machines))
        return EXIT_OK;
    char *text = difference_text(json_array_get(comparison->machines, 0));
    if (across_machines)
        fprintf(stderr, "warning: results of different machines: %s\n", text);
    else
        fprintf(stderr,
                "cowlab: these results are of different machines: %s; what "
                "differs may be the machine alone: give --across-machines to "
                "compare them nevertheless\n",
                text);
    free(text);
    return across_machines ? EXIT_OK : EXIT_ENVIRONMENT;
}

static void print(const struct comparison *comparison, bool as_json)
{
    if (!as_json) {
        comparison_print(comparison, stdout);
        return;
    }
    json_t *json = comparison_json(comparison);
    json_dumpf(json, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(json);
}

static enum exit_status compare(const struct comparand sides[2],
                                const struct request *request,
                                struct error *error)
{
    struct comparison comparison;
    enum exit_status status = EXIT_USAGE;
    if (comparison_open(&comparison, &sides[0], &sides[1], error) < 0)
        fprintf(stderr, "cowlab: %s\n", error->text);
    else
        status = check(&comparison, request->across_machines);
    if (status == EXIT_OK) {
        print(&comparison, request->json);
        status = comparison_complete(&comparison) ? EXIT_OK : EXIT_INVALID;
    }
    comparison_close(&comparison);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct comparand sides[2] = {{0}};
    struct error error;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    if (request.published)
        return compare_published(request.published, request.json);
    enum exit_status status = EXIT_OK;
    for (int i = 0; i < 2 && status == EXIT_OK; i++)
        if (comparand_open(&sides[i], request.sides[i], &error) < 0) {
            fprintf(stderr, "cowlab: %s\n", error.text);
            status = EXIT_USAGE;
        }
    if (status == EXIT_OK)
        status = compare(sides, &request, &error);
    for (int i = 0; i < 2; i++)
        comparand_close(&sides[i]);
    return status;
}

const struct verb verb_compare = {
    .name = "compare",
    .summary = "compare two results, cells or result sets",
    .run = run,
};
