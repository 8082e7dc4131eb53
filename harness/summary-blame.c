/* summary-blame.c: see summary-blame.h. */
#include "harness/summary-blame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/table.h"

#define PAGE_SIZE 4096.0

/* Rows with less than this share of the broken pages are shown as one. */
#define SHARE_LEAST 0.01

/* One row: some of a result's rows, which differ in function and object. */
struct group {
    const char *phase, *kind, *placement; /* borrowed, as the function */
    const char *function;                 /* of the most pages ... */
    const char *caller;                   /* ... and whom it wrote for: NULL */
    int64_t function_pages, pages;
};

struct groups {
    struct group *items;
    size_t count;
};

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "unknown";
}

static const char *caller_of(const json_t *row)
{
    return json_string_value(json_object_get(row, "caller"));
}

static struct group *find(struct groups *groups, const json_t *row)
{
    const struct group group = {.phase = text_of(row, "phase"),
                                .kind = text_of(row, "kind"),
                                .placement = text_of(row, "placement"),
                                .function = text_of(row, "function"),
                                .caller = caller_of(row)};
    for (size_t i = 0; i < groups->count; i++) {
        struct group *at = &groups->items[i];
        if (!strcmp(at->phase, group.phase) && !strcmp(at->kind, group.kind) &&
            !strcmp(at->placement, group.placement))
            return at;
    }
    groups->items[groups->count] = group;
    return &groups->items[groups->count++];
}

static int compare(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    if (a->pages != b->pages)
        return a->pages < b->pages ? 1 : -1;
    int order = strcmp(a->phase, b->phase);
    return order ? order : strcmp(a->kind, b->kind);
}

/* Pages of a function in a group may stand in several rows, one for each kind
 * of object. */
static int64_t function_pages(const json_t *rows, const json_t *like)
{
    static const char *const keys[] = {"phase", "kind", "placement", "function",
                                       "caller"};
    const json_t *row;
    int64_t pages = 0;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        bool alike = true;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            alike &= !strcmp(text_of(row, keys[k]), text_of(like, keys[k]));
        pages += alike ? number_of(row, "pages") : 0;
    }
    return pages;
}

/* Most pages first; free the items. */
static struct groups groups_of(const json_t *blame)
{
    const json_t *rows = json_object_get(blame, "rows"), *row;
    struct groups groups = {
        .items = xcalloc(json_array_size(rows) + 1, sizeof *groups.items)};
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct group *group = find(&groups, row);
        int64_t pages = function_pages(rows, row);
        group->pages += number_of(row, "pages");
        if (pages > group->function_pages) {
            group->function_pages = pages;
            group->function = text_of(row, "function");
            group->caller = caller_of(row);
        }
    }
    qsort(groups.items, groups.count, sizeof *groups.items, compare);
    return groups;
}

/* The first valid outcome with blame, or NULL. */
static const struct outcome *find_outcome(const struct store *store,
                                          size_t cell, unsigned *invocation)
{
    for (unsigned i = 1; i <= store->experiment->invocations; i++) {
        const struct outcome *outcome = store_outcome(store, cell, i);
        *invocation = i;
        if (outcome->valid && outcome->blame)
            return outcome;
    }
    return NULL;
}

/* ---- The floor of all workers -------------------------------------------- */

static const struct {
    const char *key, *words;
} floor_numbers[] = {
    {"broken_pages", NULL},
    {"l0_pages", "L0"},
    {"l1_pages", "L1"},
    {"layout_cost_pages", "layout cost"},
    {"hole_cost_pages", "hole cost"},
    {"collector_cost_pages", "collector cost"},
    {"false_pages", "of it false"},
    {"unknown_pages", "not compared"},
};

#define FLOOR_NUMBERS (sizeof floor_numbers / sizeof *floor_numbers)

/* Workers share none of their broken pages, so their floors add up.  NULL:
 * there is none. */
static json_t *floor_sum(const struct outcome *outcome)
{
    const json_t *floor;
    int64_t sums[FLOOR_NUMBERS] = {0}, useful = 0;
    size_t i;
    if (!json_array_size(outcome->floors))
        return NULL;
    json_array_foreach(outcome->floors, i, floor)
    {
        for (size_t k = 0; k < FLOOR_NUMBERS; k++)
            sums[k] += number_of(floor, floor_numbers[k].key);
        useful +=
            number_of(json_object_get(floor, "changed_bytes"), "application");
    }
    json_t *object = json_object();
    for (size_t k = 0; k < FLOOR_NUMBERS; k++)
        json_object_set_new(object, floor_numbers[k].key,
                            json_integer(sums[k]));
    json_object_set_new(object, "application_bytes", json_integer(useful));
    json_object_set_new(
        object, "amplification",
        useful > 0 ? json_real((double)sums[0] * PAGE_SIZE / (double)useful)
                   : json_null());
    if (useful <= 0)
        json_object_set_new(
            object, "amplification_why",
            json_string("no byte that the application stored differs"));
    return object;
}

static const json_t *bytes_of(const struct outcome *outcome)
{
    return json_object_get(json_object_get(outcome->blame, "sources"), "bytes");
}

/* Of all pages, those outside of the heap too. */
static void print_bytes(const struct outcome *outcome, FILE *stream)
{
    const json_t *bytes = bytes_of(outcome);
    if (json_object_get(bytes, "pages"))
        fprintf(stream,
                "  bytes: of %" PRId64 " pages compared %" PRId64
                " are false; in the others %" PRId64 " bytes differ\n",
                number_of(bytes, "pages"), number_of(bytes, "false_pages"),
                number_of(bytes, "changed_bytes"));
}

static void print_floor(const struct outcome *outcome, FILE *stream)
{
    json_t *floor = floor_sum(outcome);
    if (!floor) {
        const json_t *bytes = bytes_of(outcome);
        fprintf(stream, "  floor: not known: %s\n",
                json_is_true(json_object_get(bytes, "used"))
                    ? "the subject tells no regions of objects"
                    : text_of(bytes, "why"));
        return;
    }
    fprintf(stream, "  floor, of %" PRId64 " object pages broken:",
            number_of(floor, "broken_pages"));
    for (size_t k = 1; k < FLOOR_NUMBERS; k++)
        fprintf(stream, "%s %s %" PRId64, k > 1 ? "," : "",
                floor_numbers[k].words, number_of(floor, floor_numbers[k].key));
    const json_t *amplification = json_object_get(floor, "amplification");
    if (json_is_real(amplification))
        fprintf(stream, "; amplification %.1f\n",
                json_real_value(amplification));
    else
        fprintf(stream, "; amplification -: %s\n",
                text_of(floor, "amplification_why"));
    json_decref(floor);
}

/* ---- The table ----------------------------------------------------------- */

/* Where a function has no name the file that it is in stands for it: of its
 * path the last part says enough. */
static const char *short_name(const char *function)
{
    const char *slash = *function == '/' ? strrchr(function, '/') : NULL;
    return slash ? slash + 1 : function;
}

static void add_row(struct table *table, const struct group *group,
                    int64_t broken)
{
    char *writer = xasprintf("%s%s%s", short_name(group->function),
                             group->caller ? " in " : "",
                             group->caller ? short_name(group->caller) : "");
    char *pages = xasprintf("%" PRId64, group->pages);
    char *share =
        broken > 0
            ? xasprintf("%.1f", 100.0 * (double)group->pages / (double)broken)
            : xstrdup("-");
    table_add(table, group->phase);
    table_add(table, group->kind);
    table_add(table, group->placement);
    table_add(table, writer);
    table_add(table, pages);
    table_add(table, share);
    free(writer);
    free(pages);
    free(share);
}

static void print_rows(const json_t *blame, FILE *stream)
{
    int64_t broken = number_of(blame, "broken_pages");
    struct groups groups = groups_of(blame);
    struct table *table = table_new("llllrr");
    struct group others = {"others", "", "", "", NULL, 0, 0};
    struct group left = {"left by others",
                         "",
                         "",
                         "",
                         NULL,
                         0,
                         number_of(blame, "left_by_others")};
    struct group unseen = {
        "unseen", "", "", "", NULL, 0, number_of(blame, "unseen")};
    static const char *const headers[] = {"phase",    "kind",  "placement",
                                          "function", "pages", "%"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < groups.count; i++)
        if ((double)groups.items[i].pages >= SHARE_LEAST * (double)broken)
            add_row(table, &groups.items[i], broken);
        else
            others.pages += groups.items[i].pages;
    if (others.pages)
        add_row(table, &others, broken);
    add_row(table, &left, broken);
    add_row(table, &unseen, broken);
    table_print(table, stream);
    table_free(table);
    free(groups.items);
}

/* What the workers broke while they ended. */
static void print_exit(const json_t *blame, FILE *stream)
{
    const json_t *exit = json_object_get(blame, "exit");
    const json_t *most = json_array_get(json_object_get(exit, "rows"), 0);
    if (!json_is_object(exit)) {
        fprintf(stream, "  exit: not known: %s\n", text_of(blame, "exit_why"));
        return;
    }
    fprintf(stream,
            "  exit: of %" PRId64 " pages shared until then %" PRId64
            " were broken",
            number_of(exit, "shared_pages"), number_of(exit, "broken_pages"));
    if (most)
        fprintf(stream, ", %" PRId64 " by %s", number_of(most, "pages"),
                short_name(text_of(most, "function")));
    fputc('\n', stream);
}

/* What could not be looked at, and why; the floor says so of bytes itself. */
static void print_sources(const json_t *blame, FILE *stream)
{
    static const char *const names[] = {"faults", "phases"};
    const json_t *sources = json_object_get(blame, "sources");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *source = json_object_get(sources, names[i]);
        if (json_is_false(json_object_get(source, "used")))
            fprintf(stream, "  %s: not known: %s\n", names[i],
                    text_of(source, "why"));
    }
    const json_t *faults = json_object_get(sources, "faults");
    if (number_of(faults, "lost"))
        fprintf(stream, "  faults: %" PRId64 " records were lost\n",
                number_of(faults, "lost"));
}

void summary_blame_print(const struct store *store, size_t first, size_t end,
                         FILE *stream)
{
    const struct experiment *experiment = store->experiment;
    for (size_t i = first; i < end; i++) {
        unsigned invocation;
        if (!experiment->cells[i].regime.blame)
            continue;
        const struct outcome *outcome = find_outcome(store, i, &invocation);
        const char *subject = experiment->cells[i].subject_label;
        if (!outcome) {
            fprintf(stream, "\nwho broke the pages of %s: not measured\n",
                    subject);
            continue;
        }
        fprintf(stream,
                "\nwho broke the %" PRId64
                " pages of %s, all workers of invocation %u\n",
                number_of(outcome->blame, "broken_pages"), subject, invocation);
        print_rows(outcome->blame, stream);
        print_sources(outcome->blame, stream);
        print_bytes(outcome, stream);
        print_floor(outcome, stream);
        print_exit(outcome->blame, stream);
    }
}

json_t *summary_blame_json(const struct store *store, size_t cell)
{
    unsigned invocation;
    const struct outcome *outcome = find_outcome(store, cell, &invocation);
    if (!outcome)
        return NULL;
    struct groups groups = groups_of(outcome->blame);
    json_t *rows = json_array(), *floor = floor_sum(outcome);
    for (size_t i = 0; i < groups.count; i++) {
        const struct group *group = &groups.items[i];
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:s, s:s, s:s*, s:I}", "phase", group->phase,
                      "kind", group->kind, "placement", group->placement,
                      "function", group->function, "caller", group->caller,
                      "pages", (json_int_t)group->pages));
    }
    free(groups.items);
    return json_pack("{s:i, s:I, s:o, s:I, s:I, s:o, s:O?}", "invocation",
                     (int)invocation, "broken_pages",
                     (json_int_t)number_of(outcome->blame, "broken_pages"),
                     "rows", rows, "left_by_others",
                     (json_int_t)number_of(outcome->blame, "left_by_others"),
                     "unseen", (json_int_t)number_of(outcome->blame, "unseen"),
                     "floor", floor ? floor : json_null(), "exit",
                     json_object_get(outcome->blame, "exit"));
}
