/* cowlab.c: the command line: picks the verb and hands the rest to it. */
#include <config.h>

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/error.h"
#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/verb.h"

const char *argp_program_version = PACKAGE_STRING;

static const struct verb *const verbs[] = {
    &verb_list,   &verb_plan,  &verb_show,    &verb_run,
    &verb_status, &verb_check, &verb_compare, &verb_plot,
    &verb_watch,  &verb_blame, &verb_doctor,  &verb_map,
};

enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static const char introduction[] =
    "Measures who breaks copy-on-write sharing in a forking server, and which "
    "garbage-collector design keeps it: starts a subject (a collector program "
    "or a real runtime), lets it load its heap and fork workers, sends them "
    "requests, and reads the kernel's account of every page.";

static const char lessons[] =
    "`cowlab VERB --help' tells more of each verb.\n"
    "\n"
    "A first example:\n"
    "  cowlab list                        what can be measured\n"
    "  cowlab plan experiments/demo.yaml  what a run would do\n"
    "  cowlab run experiments/demo.yaml   measure it, print a table\n"
    "  cowlab plot results/demo           draw the figures\n"
    "  cowlab blame PID                   who breaks a running server's pages\n"
    "  cowlab map PID                     and which: a picture\n"
    "\n"
    "Data goes to standard output, talk to standard error.  Exit statuses:\n"
    "  0  all is well\n"
    "  1  bad command line or experiment file\n"
    "  2  some invocation is invalid or missing, or something is wrong\n"
    "  3  this machine or directory does not allow it\n"
    "  4  interrupted; what was finished is kept\n"
    "  5  a fault of cowlab itself\n";

/* Where the verb stands in argv. */
struct command_line {
    int verb_index;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct command_line *line = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_ARG:
        line->verb_index = state->next - 1;
        state->next = state->argc; /* the rest is the verb's */
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "give a verb, such as list or run");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The documentation, with one line for each verb. */
static char *make_documentation(void)
{
    char *text = xasprintf("%s\n\nVerbs:\n", introduction);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        char *longer =
            xasprintf("%s  %-8s%s\n", text, verbs[i]->name, verbs[i]->summary);
        free(text);
        text = longer;
    }
    char *whole = xasprintf("%s\v%s", text, lessons);
    free(text);
    return whole;
}

static const struct verb *find_verb(const char *word)
{
    const char *names[VERB_COUNT];
    for (size_t i = 0; i < VERB_COUNT; i++) {
        names[i] = verbs[i]->name;
        if (strcmp(word, names[i]) == 0)
            return verbs[i];
    }
    struct error error;
    nearest_unknown("verb", word, names, VERB_COUNT, &error);
    fprintf(stderr, "cowlab: %s\n", error.text);
    return NULL;
}

/* A full disk shows when the last of the output is written. */
static int finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "cowlab: standard output: %s\n", strerror(errno));
    return status == EXIT_OK ? EXIT_ENVIRONMENT : status;
}

int main(int argc, char **argv)
{
    argp_err_exit_status = EXIT_USAGE;
    char *documentation = make_documentation();
    const struct argp argp = {.parser = parse,
                              .args_doc = "VERB [ARGUMENT...]",
                              .doc = documentation};
    struct command_line line = {0};
    error_t failure = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &line);
    free(documentation);
    if (failure)
        return EXIT_USAGE;

    const struct verb *verb = find_verb(argv[line.verb_index]);
    if (!verb)
        return EXIT_USAGE;
    char *name = xasprintf("cowlab %s", verb->name);
    argv[line.verb_index] = name;
    int status = verb->run(argc - line.verb_index, argv + line.verb_index);
    free(name);
    return finish_output(status);
}
