/* doctor.c: the verb `cowlab doctor`: what this machine can measure and what
 * would disturb it. */
#include "harness/verb.h"

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "harness/environment.h"
#include "harness/error.h"
#include "harness/findings.h"

#define LEVELS (LEVEL_MISSING + 1)

struct request {
    const char *root; /* "": this machine */
    bool json;
};

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "The same as JSON", 0},
    {"sysroot", 's', "DIR", 0,
     "Read the copy of another machine's /proc and /sys that lies there; what "
     "its kernel tells is not tried then",
     0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    struct stat status;
    switch (key) {
    case 'j':
        request->json = true;
        return 0;
    case 's':
        if (stat(argument, &status) || !S_ISDIR(status.st_mode))
            argp_error(state, "--sysroot: '%s' is not a directory", argument);
        request->root = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .doc = "Tells what this machine can measure and what would disturb it, and "
           "what to do about it.  What the kernel tells is found by trying it. "
           "The same warnings stand in every result, and the notes that matter "
           "to its numbers."
           "\vThe exit status is 3 when something is missing without which "
           "cowlab cannot measure.\n\n"
           "Example: cowlab doctor --json",
};

static void count_levels(const struct findings *findings, size_t *counts)
{
    for (size_t i = 0; i < findings->count; i++)
        counts[findings->items[i].level]++;
}

static void print_findings(const struct findings *findings)
{
    size_t counts[LEVELS] = {0};
    count_levels(findings, counts);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        printf("%-8s %-20s %s\n", level_text(finding->level), finding->code,
               finding->found);
        if (finding->effect)
            printf("%29s effect: %s\n%29s next:   %s\n", "", finding->effect,
                   "", finding->next);
    }
    for (size_t i = 0; i < LEVELS; i++)
        printf("%s%zu %s", i ? ", " : "", counts[i], level_text(i));
    putchar('\n');
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void print_json(const struct findings *findings,
                       const json_t *environment)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:o, s:o}", "code", finding->code,
                      "level", level_text(finding->level), "found",
                      finding->found, "effect", text_or_null(finding->effect),
                      "next", text_or_null(finding->next)));
    }
    json_t *object =
        json_pack("{s:o, s:O}", "findings", list, "environment", environment);
    json_dumpf(object, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(object);
}

static double load_of(const json_t *environment)
{
    const json_t *load =
        json_array_get(json_object_get(environment, "load_average"), 0);
    return load ? json_number_value(load) : -1;
}

static int run(int argc, char **argv)
{
    struct request request = {.root = ""};
    struct findings findings = {0};
    size_t counts[LEVELS] = {0};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    bool here = !*request.root;
    json_t *environment = environment_json(request.root);
    if (here) {
        findings_of_kernel(&findings, environment);
        findings_of_limits(&findings);
    }
    findings_of_machine(&findings, environment, load_of(environment), here);
    count_levels(&findings, counts);
    if (request.json)
        print_json(&findings, environment);
    else
        print_findings(&findings);
    findings_free(&findings);
    json_decref(environment);
    return counts[LEVEL_MISSING] ? EXIT_ENVIRONMENT : EXIT_OK;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .summary = "what this machine can measure, and what would disturb it",
    .run = run,
};
