/* show.c: the verb `cowlab show`. */
#include "harness/show.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/verb.h"

struct request {
    const char *kind, *name;
    char **changes; /* NULL-terminated; NULL: none */
    size_t change_count;
    bool json;
};

static const char *const kinds[] = {"collector", "workload", "subject",
                                    "experiment"};

static bool is_kind(const struct request *request, const char *kind)
{
    return !strcmp(request->kind, kind);
}

static void take_word(struct request *request, const char *word,
                      struct argp_state *state)
{
    struct error error;
    if (request->kind) {
        verb_take(&request->name, word, "name", state);
        return;
    }
    if (nearest_unknown("kind", word, kinds, sizeof kinds / sizeof *kinds,
                        &error))
        argp_error(state, "%s", error.text);
    request->kind = word;
}

static void settle(struct request *request, struct argp_state *state)
{
    if (!request->kind)
        argp_error(state, "collector, workload, subject or experiment?");
    bool experiment = is_kind(request, "experiment");
    if (!experiment && !request->name)
        argp_error(state, "which %s?  `cowlab list %ss' has their names",
                   request->kind, request->kind);
    if (request->changes && !(experiment && request->name))
        argp_error(state, "--set is for an experiment");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 's':
        request->changes =
            xreallocarray(request->changes, request->change_count + 2,
                          sizeof *request->changes);
        request->changes[request->change_count++] = argument;
        request->changes[request->change_count] = NULL;
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        take_word(request, argument, state);
        return 0;
    case ARGP_KEY_END:
        settle(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"set", 's', "KEY=VALUE", 0,
     "change a key of the experiment first, as in `cowlab run'; may be given "
     "several times",
     0},
    {"json", 'j', NULL, 0, "the same as JSON", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "collector NAME\nworkload NAME\nsubject NAME\n"
                "experiment [FILE|NAME]",
    .doc = "Show one thing whole: a collector, workload or subject with all "
           "its settings, their types, defaults, ranges, units and meanings; "
           "an experiment with every key that is in force after `extends' and "
           "--set, and its matrix spelled out.  Without a name, `experiment' "
           "shows all keys that there are."
           "\vExample: cowlab show collector mark-side",
};

static enum exit_status show(const struct request *request,
                             struct catalogue *catalogue)
{
    if (is_kind(request, "workload"))
        return show_workload(catalogue, request->name, request->json);
    if (is_kind(request, "experiment"))
        return show_experiment(catalogue, request->name, request->changes,
                               request->json);
    return show_subject(catalogue, request->kind, request->name, request->json);
}

/* With what is asked about; an experiment asks for its subjects itself. */
static int open_catalogue(const struct request *request,
                          struct catalogue *catalogue, struct error *error)
{
    if (catalogue_open(catalogue, error) < 0)
        return -1;
    if (!is_kind(request, "experiment"))
        catalogue_ask(catalogue,
                      is_kind(request, "workload") ? NULL : request->name);
    return 0;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct catalogue catalogue;
    struct error error;
    enum exit_status status = EXIT_OK;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    if (!request.name)
        show_keys(request.json);
    else if (open_catalogue(&request, &catalogue, &error) == 0) {
        status = show(&request, &catalogue);
        catalogue_close(&catalogue);
    } else {
        fprintf(stderr, "cowlab: %s\n", error.text);
        status = EXIT_ENVIRONMENT;
    }
    free(request.changes);
    return status;
}

const struct verb verb_show = {
    .name = "show",
    .summary = "all settings of a collector or workload, or an experiment",
    .run = run,
};
