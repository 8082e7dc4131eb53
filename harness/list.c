/* list.c: the verb `cowlab list`. */
#include "harness/list.h"

#include <argp.h>
#include <stdbool.h>
#include <string.h>

#include "harness/nearest.h"
#include "harness/verb.h"

struct request {
    unsigned parts;
    bool named; /* a part was named on the command line */
    bool metadata;
    bool json;
};

static const char *const part_names[] = {"collectors", "workloads", "subjects",
                                         "counters"};
static const unsigned part_values[] = {
    LIST_COLLECTORS, LIST_WORKLOADS,
    LIST_COLLECTORS | LIST_RUNTIMES | LIST_SETTINGS, LIST_COUNTERS};

enum {
    PART_COUNT = sizeof part_names / sizeof *part_names,
    EVERYTHING =
        LIST_COLLECTORS | LIST_RUNTIMES | LIST_SETTINGS | LIST_WORKLOADS,
};

static void read_part(struct request *request, const char *word,
                      struct argp_state *state)
{
    struct error error;
    if (request->named)
        argp_error(state, "give one of collectors, workloads, subjects and "
                          "counters");
    if (nearest_unknown("part", word, part_names, PART_COUNT, &error))
        argp_error(state, "%s", error.text);
    for (size_t i = 0; i < PART_COUNT; i++)
        if (strcmp(word, part_names[i]) == 0)
            request->parts = part_values[i];
    request->named = true;
}

static void settle(struct request *request, struct argp_state *state)
{
    if (!request->metadata)
        return;
    if (request->named && request->parts != LIST_COLLECTORS)
        argp_error(state, "--metadata is of collectors");
    request->parts = LIST_METADATA;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'm':
        request->metadata = true;
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        read_part(request, argument, state);
        return 0;
    case ARGP_KEY_END:
        settle(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"metadata", 'm', NULL, 0,
     "Where each collector keeps its metadata, and when it writes it", 0},
    {"json", 'j', NULL, 0, "The same as JSON", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[collectors|workloads|subjects|counters]",
    .doc = "Lists what can be measured on this machine, with every option and "
           "parameter that an experiment file may set; with `counters`, the "
           "events that the kernel counts here."
           "\v"
           "Example: cowlab list workloads",
};

static int run(int argc, char **argv)
{
    struct request request = {.parts = EVERYTHING};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    struct catalogue catalogue = {0};
    struct error error;
    if (request.parts != LIST_COUNTERS && catalogue_open(&catalogue, &error)) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    catalogue_ask(&catalogue, NULL);
    if (request.json)
        list_json(&catalogue, request.parts, stdout);
    else
        list_tables(&catalogue, request.parts, stdout);
    catalogue_close(&catalogue);
    return EXIT_OK;
}

const struct verb verb_list = {
    .name = "list",
    .summary = "what can be measured: collectors, runtimes, workloads",
    .run = run,
};
