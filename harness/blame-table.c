/* blame-table.c: the report as tables. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame.h"
#include "harness/clock.h"
#include "harness/memory.h"
#include "harness/table.h"

enum { ROWS_MOST = 20 };

static void add_number(struct table *table, uint64_t number)
{
    char *text = xasprintf("%" PRIu64, number);
    table_add(table, text);
    free(text);
}

static void add_share(struct table *table, uint64_t part, uint64_t whole)
{
    char *text =
        whole > 0 ? xasprintf("%.1f", 100.0 * part / whole) : xstrdup("-");
    table_add(table, text);
    free(text);
}

static void finish(struct table *table, size_t left, FILE *stream)
{
    table_print(table, stream);
    if (left > 0)
        fprintf(stream, "  and %zu more (all with --json)\n", left);
    table_free(table);
}

static size_t rows_shown(size_t count)
{
    return count > ROWS_MOST ? ROWS_MOST : count;
}

/* ---- The head ------------------------------------------------------------ */

static void print_head(const struct blame *blame, FILE *stream)
{
    const struct account *account = blame->account;
    const struct fault_trace_facts *facts = fault_trace_facts(account->trace);
    double seconds =
        (double)(account->end_ns - account->start_ns) / NS_PER_SECOND;
    fprintf(stream,
            "Process %d (%s) and %zu forked by it, %.1f s, until %s\n"
            "%" PRIu64 " minor faults by perf_event_open, %s, %" PRIu64
            " lost; names from %s\n\n",
            (int)account->root, account->processes[0]->command,
            account->process_count - 1, seconds, blame_end_texts[blame->end],
            account->counts.counted,
            facts->kernel_counted ? "user and kernel mode" : "user mode only",
            account->counts.missing, symbols_source());
}

static void add_line(struct table *table, const char *what, uint64_t pages)
{
    table_add(table, what);
    add_number(table, pages);
}

static void print_totals(const struct blame *blame, FILE *stream)
{
    const struct account_process *total = &blame->total;
    struct table *table = table_new("lr");
    table_add(table, "");
    table_add(table, "pages");
    add_line(table, "shared, and could be broken", total->shared);
    add_line(table, "broken, writer seen", total->broken);
    if (total->unverified)
        add_line(table, "  of these gone before a second look",
                 total->unverified);
    add_line(table, "broken, writer not seen", total->copied);
    if (total->exclusive)
        add_line(table, "broken, writer not seen, or left alone",
                 total->exclusive);
    if (total->left_alone)
        add_line(table, "private because others wrote or left",
                 total->left_alone);
    add_line(table, "new", total->fresh);
    finish(table, 0, stream);
}

/* ---- Who and where ------------------------------------------------------- */

static int by_broken(const void *left, const void *right)
{
    const struct account_process *a = *(struct account_process *const *)left;
    const struct account_process *b = *(struct account_process *const *)right;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static void print_processes(const struct blame *blame, FILE *stream)
{
    const struct account *account = blame->account;
    size_t count = account->process_count;
    struct account_process **sorted = xcalloc(count, sizeof *sorted);
    memcpy(sorted, account->processes, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_broken);
    struct table *table = table_new("rlrrrrrl");
    const char *const heads[] = {"process", "command",  "shared", "broken",
                                 "%",       "not seen", "new",    "remark"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_add(table, heads[i]);
    for (size_t i = 0; i < rows_shown(count); i++) {
        const struct account_process *process = sorted[i];
        add_number(table, (uint64_t)process->pid);
        table_add(table, process->command);
        add_number(table, process->shared);
        add_number(table, process->broken);
        add_share(table, process->broken, process->shared);
        add_number(table, process->copied + process->exclusive);
        add_number(table, process->fresh);
        table_add(table, process->pid == account->root ? "the server"
                         : !process->compared          ? "has ended"
                         : process->forked             ? "forked meanwhile"
                                                       : "");
    }
    fputc('\n', stream);
    finish(table, count - rows_shown(count), stream);
    free(sorted);
}

/* The last two parts of a path say enough. */
static const char *tail_of(const char *path)
{
    const char *tail = path + strlen(path);
    int slashes = 0;
    while (tail > path) {
        slashes += tail[-1] == '/';
        if (slashes == 2)
            break;
        tail--;
    }
    return tail;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static char *name_of(const struct blame_function *function)
{
    const char *name = function->function[0] ? function->function : "?";
    if (function->in_kernel)
        return xasprintf("the kernel for %s", name);
    if (function->inside[0])
        return xasprintf("%s in %s", name, function->inside);
    return xstrdup(name);
}

static char *place_of(const struct blame_function *function,
                      const struct symbol *symbol)
{
    const char *object = base_of(function->object);
    if (!function->function[0])
        return xasprintf("%s+0x%" PRIx64, object, function->offset);
    if (symbol && symbol->file)
        return xasprintf("%s:%d", tail_of(symbol->file), symbol->line);
    return xstrdup(object);
}

static struct table *start_blame(const char *columns, const char *what,
                                 const char *where)
{
    struct table *table = table_new(columns);
    table_add(table, "broken");
    table_add(table, "%");
    table_add(table, "new");
    table_add(table, what);
    table_add(table, where);
    return table;
}

static void add_row(const struct blame *blame, struct table *table,
                    const struct tally_row *row, char *what, char *where)
{
    add_number(table, row->broken);
    add_share(table, row->broken, blame->total.broken);
    add_number(table, row->fresh);
    table_add(table, what);
    table_add(table, where);
    free(what);
    free(where);
}

static void print_functions(const struct blame *blame, FILE *stream)
{
    size_t count = blame->functions.count;
    struct tally_row **rows = tally_sorted(&blame->functions);
    struct table *table = start_blame("rrrll", "function", "where");
    for (size_t i = 0; i < rows_shown(count); i++)
        add_row(blame, table, rows[i], name_of(rows[i]->key),
                place_of(rows[i]->key, rows[i]->example));
    fputc('\n', stream);
    finish(table, count - rows_shown(count), stream);
    free(rows);
}

static void print_mappings(const struct blame *blame, FILE *stream)
{
    const struct tally *mappings = &blame->account->mappings;
    struct tally_row **rows = tally_sorted(mappings);
    struct table *table = start_blame("rrrll", "mapping", "addresses");
    for (size_t i = 0; i < rows_shown(mappings->count); i++) {
        const struct account_mapping *mapping = rows[i]->key;
        const char *name = mapping->name[0] ? base_of(mapping->name)
                           : mapping->end   ? "anonymous"
                                            : "not known any more";
        add_row(blame, table, rows[i], xstrdup(name),
                mapping->end ? xasprintf("%" PRIx64 "-%" PRIx64, mapping->start,
                                         mapping->end)
                             : xstrdup("-"));
    }
    fputc('\n', stream);
    finish(table, mappings->count - rows_shown(mappings->count), stream);
    free(rows);
}

static void print_gaps(const struct blame *blame, FILE *stream)
{
    char **gaps = blame_gaps(blame);
    if (gaps[0])
        fputs("\nNot seen:\n", stream);
    for (size_t i = 0; gaps[i]; i++) {
        fprintf(stream, "  - %s\n", gaps[i]);
        free(gaps[i]);
    }
    free(gaps);
}

void blame_print(const struct blame *blame, FILE *stream)
{
    print_head(blame, stream);
    print_totals(blame, stream);
    print_processes(blame, stream);
    if (blame->functions.count > 0) {
        print_functions(blame, stream);
        print_mappings(blame, stream);
    }
    print_gaps(blame, stream);
}
