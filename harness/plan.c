/* plan.c: the verb `cowlab plan`: what `cowlab run` would do. */
#include "harness/verb.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/clock.h"
#include "harness/estimate.h"
#include "harness/memory.h"
#include "harness/order.h"
#include "harness/table.h"
#include "harness/target.h"

struct request {
    struct target target;
    bool failed, commands, json;
};

static const struct argp_option options[] = {
    {"failed", 'f', NULL, 0,
     "what `cowlab run --failed' would do: those that are invalid, and nothing "
     "else",
     0},
    {"commands", 'c', NULL, 0,
     "print a command for each invocation that is missing, or with --failed "
     "invalid, to be run anywhere and in any order: by GNU parallel, or as a "
     "job array",
     0},
    {"json", 'j', NULL, 0, "print the plan as JSON", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &request->target;
        return 0;
    case 'f':
        request->failed = true;
        return 0;
    case 'c':
        request->commands = true;
        return 0;
    case 'j':
        request->json = true;
        return 0;
    case ARGP_KEY_END:
        if (request->commands && request->json)
            argp_error(state, "--commands or --json, not both");
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
    .doc = "Show what `cowlab run' would do: every invocation in the order in "
           "which it would run, whether its result is there, and the time that "
           "is left, estimated from those that are.  Nothing is run or written."
           "\vExample: cowlab plan experiments/demo.yaml --only "
           "subject=mark-side"};

/* One invocation of the plan. */
struct step {
    size_t cell;
    unsigned invocation;
    enum state state;
    double ns; /* it took, or will take by what is known; NAN */
};

struct plan {
    const struct target *target;
    const struct store *store;
    enum state wanted; /* what would be measured: missing or failed */
    struct step *steps;
    size_t count;
    size_t in_state[3];
    double left_ns; /* NAN: not known */
};

/* What is there is shown, too, if it is not failures that are asked for. */
static void make_plan(struct plan *plan)
{
    const struct experiment *experiment = &plan->target->experiment;
    size_t count = experiment->cell_count * experiment->invocations;
    struct order_item *order = order_make(experiment);
    plan->steps = xcalloc(count, sizeof *plan->steps);
    for (size_t i = 0; i < count; i++) {
        size_t cell = order[i].cell;
        unsigned invocation = order[i].invocation;
        if (!target_takes(plan->target, cell, invocation))
            continue;
        struct step step = {cell, invocation,
                            store_state(plan->store, cell, invocation),
                            estimate_ns(plan->store, cell)};
        plan->in_state[step.state]++;
        if (plan->wanted == STATE_FAILED && step.state != STATE_FAILED)
            continue;
        if (step.state == STATE_DONE)
            step.ns = store_outcome(plan->store, cell, invocation)
                          ->measures[MEASURE_WALL];
        if (step.state == plan->wanted)
            plan->left_ns += step.ns;
        plan->steps[plan->count++] = step;
    }
    free(order);
}

static void add_number(struct table *table, double number, int decimals)
{
    char text[32] = "-";
    if (!isnan(number))
        snprintf(text, sizeof text, "%.*f", decimals, number);
    table_add(table, text);
}

static void print_table(const struct plan *plan)
{
    static const char *const headers[] = {"#",       "state",    "invocation",
                                          "subject", "workload", "workers",
                                          "seconds"};
    struct table *table = table_new("rlrllrr");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        const struct cell *cell = &plan->target->experiment.cells[step->cell];
        add_number(table, (double)i + 1, 0);
        table_add(table, state_texts[step->state]);
        add_number(table, step->invocation, 0);
        table_add(table, cell->subject_label);
        table_add(table, cell->workload_label);
        add_number(table, cell->workers, 0);
        add_number(table, step->ns / NS_PER_SECOND, 1);
    }
    table_print(table, stdout);
    table_free(table);
}

static void print_plan(const struct plan *plan)
{
    const struct experiment *experiment = &plan->target->experiment;
    char left[32] = "an unknown time";
    print_table(plan);
    if (!isnan(plan->left_ns))
        estimate_text(plan->left_ns, left);
    printf(
        "%zu invocations in %s: %zu done, %zu missing, %zu failed; %s left\n",
        plan->in_state[STATE_DONE] + plan->in_state[STATE_MISSING] +
            plan->in_state[STATE_FAILED],
        plan->store->directory, plan->in_state[STATE_DONE],
        plan->in_state[STATE_MISSING], plan->in_state[STATE_FAILED], left);
    if (plan->in_state[STATE_FAILED])
        printf("What failed is measured again by cowlab run --failed.\n");
    for (size_t i = 0; i < experiment->left_out_count; i++)
        printf("Left out: %s: %s.\n", experiment->left_out[i].subject,
               experiment->left_out[i].why);
}

static json_t *step_json(const struct plan *plan, const struct step *step)
{
    const struct cell *cell = &plan->target->experiment.cells[step->cell];
    uint64_t seed = order_seed(&plan->target->experiment, step->invocation);
    json_t *json =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:i, s:I}", "state",
                  state_texts[step->state], "cell", cell->id, "invocation",
                  (int)step->invocation, "subject", cell->subject_label,
                  "workload", cell->workload_label, "workers",
                  (int)cell->workers, "seed", (json_int_t)seed);
    json_object_set_new(json, "ns",
                        isnan(step->ns) ? json_null() : json_real(step->ns));
    if (isnan(step->ns))
        json_object_set_new(json, "ns_why",
                            json_string("no invocation is there to tell"));
    return json;
}

static void print_json(const struct plan *plan)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < plan->count; i++)
        json_array_append_new(steps, step_json(plan, &plan->steps[i]));
    json_t *json = json_pack("{s:s, s:s, s:o, s:i, s:i, s:i}", "experiment",
                             plan->target->experiment.name, "directory",
                             plan->store->directory, "invocations", steps,
                             "done", (int)plan->in_state[STATE_DONE], "missing",
                             (int)plan->in_state[STATE_MISSING], "failed",
                             (int)plan->in_state[STATE_FAILED]);
    json_object_set_new(json, "left_ns",
                        isnan(plan->left_ns) ? json_null()
                                             : json_real(plan->left_ns));
    if (isnan(plan->left_ns))
        json_object_set_new(json, "left_ns_why",
                            json_string("no invocation is there to tell"));
    json_dumpf(json, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(json);
}

/* A word for a shell. */
static void print_word(const char *word)
{
    putchar('\'');
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

/* Whatever is relative is of the directory that we are in. */
static char *absolute(const char *path)
{
    char directory[PATH_MAX];
    if (*path == '/' || !getcwd(directory, sizeof directory))
        return xstrdup(path);
    return xasprintf("%s/%s", directory, path);
}

static void print_option(const char *option, const char *value)
{
    printf(" %s ", option);
    print_word(value);
}

static int print_commands(const struct plan *plan)
{
    char program[PATH_MAX];
    const struct target *target = plan->target;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0) {
        fprintf(stderr, "cowlab: its own program is not known: /proc is "
                        "needed\n");
        return EXIT_ENVIRONMENT;
    }
    program[length] = '\0';
    char *file = absolute(target->file);
    char *directory = absolute(plan->store->directory);
    for (size_t i = 0; i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        if (step->state != plan->wanted)
            continue;
        char *only = xasprintf("cell=%s,invocation=%u",
                               target->experiment.cells[step->cell].id,
                               step->invocation);
        print_word(program);
        printf(" run --share --quiet%s",
               plan->wanted == STATE_FAILED ? " --failed" : "");
        print_option("--results", directory);
        for (size_t k = 0; k < target->change_count; k++)
            print_option("--set", target->changes[k]);
        print_option("--only", only);
        putchar(' ');
        print_word(file);
        putchar('\n');
        free(only);
    }
    free(directory);
    free(file);
    if (plan->wanted != STATE_FAILED && plan->in_state[STATE_FAILED])
        fprintf(stderr,
                "cowlab: %zu failed %s not among them; --failed prints "
                "those\n",
                plan->in_state[STATE_FAILED],
                plan->in_state[STATE_FAILED] == 1 ? "is" : "are");
    return EXIT_OK;
}

static enum exit_status show(const struct request *request)
{
    struct error error;
    struct store store;
    if (store_open(&store, &request->target.experiment,
                   request->target.directory, STORE_LOOK, &error) < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        return EXIT_ENVIRONMENT;
    }
    struct plan plan = {.target = &request->target,
                        .store = &store,
                        .wanted =
                            request->failed ? STATE_FAILED : STATE_MISSING};
    enum exit_status status = EXIT_OK;
    make_plan(&plan);
    if (request->commands)
        status = print_commands(&plan);
    else if (request->json)
        print_json(&plan);
    else
        print_plan(&plan);
    free(plan.steps);
    store_close(&store);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    enum exit_status status = target_open(&request.target);
    if (status == EXIT_OK)
        status = show(&request);
    target_close(&request.target);
    return status;
}

const struct verb verb_plan = {
    .name = "plan",
    .summary = "show what a run would do, in which order, and how long",
    .run = run,
};
