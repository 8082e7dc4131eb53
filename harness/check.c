/* check.c: the verb `cowlab check`: whether results can be published. */
#include "harness/check.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/directories.h"
#include "harness/memory.h"
#include "harness/verb.h"

struct request {
    struct directories directories;
    bool strict, json;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 's':
        request->strict = true;
        return 0;
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
    {"strict", 's', NULL, 0, "take warnings for wrong", 0},
    {"json", 'j', NULL, 0, "the same as JSON", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[DIR...]",
    .doc =
        "Tell whether results can be published, by their directories alone "
        "(all below results/ if none is given): invocations that are missing, "
        "invalid or torn; results of different machines, settings or builds; "
        "results of other work than the experiment's; subjects that disagree; "
        "figures of other results than those that are there; and what the "
        "runs warned of."
        "\vThe exit status is 0 when nothing is wrong, though there may be "
        "warnings, else 2.\n\n"
        "Example: cowlab check results/demo --strict",
};

/* What was found in one directory. */
struct verdict {
    struct holdings holdings;
    struct remarks remarks;
    size_t valid, expected, figures;
    bool publishable;
};

static void judge(struct verdict *verdict, bool strict)
{
    const struct holdings *holdings = &verdict->holdings;
    struct remarks *remarks = &verdict->remarks;
    check_matrix(holdings, remarks);
    check_origins(holdings, remarks);
    check_work(holdings, remarks);
    verdict->figures = check_figures(holdings, remarks);
    check_warnings(holdings, remarks);
    for (size_t i = 0; i < holdings->cell_count; i++)
        for (unsigned k = 1; k <= holdings->invocations; k++)
            verdict->valid += holdings_state(holdings, i, k) == STATE_DONE;
    verdict->expected = holdings->cell_count * holdings->invocations;
    verdict->publishable = !remarks_count(remarks, GRAVITY_WRONG) &&
                           !(strict && remarks_count(remarks, GRAVITY_WARNING));
}

/* The first few of many. */
static void print_where(const json_t *where)
{
    enum { SHOWN = 3 };
    size_t count = json_array_size(where);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        printf("%s%s", i ? "; " : "",
               json_string_value(json_array_get(where, i)));
    if (count > SHOWN)
        printf("; and %zu more", count - SHOWN);
}

static const char *gravity_text(enum gravity gravity)
{
    return gravity == GRAVITY_WRONG ? "wrong" : "warning";
}

static void print_remarks(const struct remarks *remarks, enum gravity gravity)
{
    for (size_t i = 0; i < remarks->count; i++) {
        const struct remark *remark = &remarks->items[i];
        if (remark->gravity != gravity)
            continue;
        printf("%-8s%-18s%s%s\n", gravity_text(gravity), remark->code,
               remark->what, remark->varies ? ", and the like" : "");
        if (json_array_size(remark->where)) {
            printf("%26sin %zu: ", "", json_array_size(remark->where));
            print_where(remark->where);
            putchar('\n');
        }
        printf("%26snext: %s\n", "", remark->next);
    }
}

static void print_verdict(const struct verdict *verdict)
{
    print_remarks(&verdict->remarks, GRAVITY_WRONG);
    print_remarks(&verdict->remarks, GRAVITY_WARNING);
    printf("%s: %zu valid results of %zu, %zu figures; %zu wrong, %zu "
           "warnings: %s\n",
           verdict->holdings.directory, verdict->valid, verdict->expected,
           verdict->figures, remarks_count(&verdict->remarks, GRAVITY_WRONG),
           remarks_count(&verdict->remarks, GRAVITY_WARNING),
           verdict->publishable ? "can be published" : "not to be published");
}

static json_t *verdict_json(const struct verdict *verdict)
{
    json_t *remarks = json_array();
    for (size_t i = 0; i < verdict->remarks.count; i++) {
        const struct remark *remark = &verdict->remarks.items[i];
        json_array_append_new(
            remarks,
            json_pack("{s:s, s:s, s:s, s:b, s:O, s:s}", "level",
                      gravity_text(remark->gravity), "code", remark->code,
                      "what", remark->what, "varies", remark->varies, "where",
                      remark->where, "next", remark->next));
    }
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:o}", "directory",
                     verdict->holdings.directory, "publishable",
                     verdict->publishable, "valid", (json_int_t)verdict->valid,
                     "expected", (json_int_t)verdict->expected, "figures",
                     (json_int_t)verdict->figures, "remarks", remarks);
}

/* Returns an exit status. */
static enum exit_status check(const char *directory,
                              const struct request *request, json_t *all)
{
    struct verdict verdict = {0};
    struct error error;
    enum exit_status status = EXIT_OK;
    if (holdings_open(&verdict.holdings, directory, &error) < 0) {
        fprintf(stderr, "cowlab: %s\n", error.text);
        status = EXIT_ENVIRONMENT;
    } else {
        judge(&verdict, request->strict);
        if (request->json)
            json_array_append_new(all, verdict_json(&verdict));
        else
            print_verdict(&verdict);
        status = verdict.publishable ? EXIT_OK : EXIT_INVALID;
    }
    remarks_free(&verdict.remarks);
    holdings_close(&verdict.holdings);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    json_t *all = json_array();
    enum exit_status status = directories_find(&request.directories);
    for (size_t i = 0; i < request.directories.count; i++) {
        enum exit_status its =
            check(request.directories.items[i], &request, all);
        if (its > status)
            status = its;
    }
    json_t *json = json_pack("{s:o}", "directories", all);
    if (request.json && request.directories.count) {
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(json);
    directories_free(&request.directories);
    return status;
}

const struct verb verb_check = {
    .name = "check",
    .summary = "whether results can be published: whole, alike, not stale",
    .run = run,
};
