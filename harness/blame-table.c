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

/* Numbers that faults alone tell. */
static void add_told(const struct blame *blame, struct table *table,
                     uint64_t number)
{
    if (blame->account->untraced[0])
        table_add(table, "-");
    else
        add_number(table, number);
}

/* Without faults no page is blamed on anybody as new. */
static uint64_t new_of(const struct blame *blame,
                       const struct account_process *process)
{
    return blame->account->untraced[0] ? process->untold : process->fresh;
}

static struct table *start(const char *columns, const char *const *heads)
{
    struct table *table = table_new(columns);
    while (*heads)
        table_add(table, *heads++);
    return table;
}

/* ---- The head ------------------------------------------------------------ */

static void print_head(const struct blame *blame, FILE *stream)
{
    const struct account *account = blame->account;
    const struct fault_trace_facts *facts = fault_trace_facts(account->trace);
    double seconds =
        (double)(account->end_ns - account->start_ns) / NS_PER_SECOND;
    fprintf(stream, "Process %d (%s) and %zu forked by it, %.1f s, until %s\n",
            (int)account->root, account->processes[0]->command,
            account->process_count - 1, seconds, blame_end_texts[blame->end]);
    if (account->untraced[0])
        fputs("no page faults: /proc/PID/pagemap at the beginning and at the "
              "end\n\n",
              stream);
    else
        fprintf(stream,
                "%" PRIu64 " minor faults by perf_event_open, %s, %" PRIu64
                " lost; names from %s\n\n",
                account->counts.counted,
                facts->kernel_counted ? "user and kernel mode"
                                      : "user mode only",
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
    static const char *const heads[] = {"", "pages", NULL};
    struct table *table = start("lr", heads);
    add_line(table, "shared, and could be broken", total->shared);
    if (!blame->account->untraced[0])
        add_line(table, "broken, writer seen", total->broken);
    uint64_t unlooked = blame->unlooked_pages;
    if (total->unverified > unlooked)
        add_line(table, "  of these gone before a second look",
                 total->unverified - unlooked);
    if (unlooked)
        add_line(table, "  of these not looked at again", unlooked);
    if (total->kept)
        add_line(table, "written by the last that had it: nothing copied",
                 total->kept);
    add_line(table, "broken, writer not seen", total->copied);
    if (total->exclusive)
        add_line(table, "broken, writer not seen, or left alone",
                 total->exclusive);
    if (total->left_alone)
        add_line(table, "private because others wrote or left",
                 total->left_alone);
    add_line(table, "new", new_of(blame, total));
    table_print(table, stream);
    table_free(table);
}

/* ---- Who and where ------------------------------------------------------- */

static int by_broken(const void *left, const void *right)
{
    const struct account_process *a = *(struct account_process *const *)left;
    const struct account_process *b = *(struct account_process *const *)right;
    uint64_t a_unseen = a->copied + a->exclusive;
    uint64_t b_unseen = b->copied + b->exclusive;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    if (a_unseen != b_unseen)
        return a_unseen > b_unseen ? -1 : 1;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static void print_processes(const struct blame *blame, FILE *stream)
{
    const struct account *account = blame->account;
    size_t count = account->process_count;
    struct account_process **sorted = xcalloc(count, sizeof *sorted);
    memcpy(sorted, account->processes, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_broken);
    static const char *const heads[] = {"process", "command", "shared",
                                        "broken",  "%",       "not seen",
                                        "new",     "remark",  NULL};
    struct table *table = start("rlrrrrrl", heads);
    bool untraced = account->untraced[0] != '\0';
    const char *gone =
        untraced ? "has ended, or runs another program" : "has ended";
    for (size_t i = 0; i < count && i < ROWS_MOST; i++) {
        const struct account_process *process = sorted[i];
        add_number(table, (uint64_t)process->pid);
        table_add(table, process->command);
        add_number(table, process->shared);
        add_told(blame, table, process->broken);
        add_share(table, process->broken, untraced ? 0 : process->shared);
        add_number(table, process->copied + process->exclusive);
        add_number(table, new_of(blame, process));
        table_add(table, process->pid == account->root ? "the server"
                         : process->uncompared         ? "not read again"
                         : !process->compared          ? gone
                         : process->forked             ? "forked meanwhile"
                                                       : "-");
    }
    fputc('\n', stream);
    table_print(table, stream);
    table_free(table);
    if (count > ROWS_MOST)
        fprintf(stream, "  and %zu more: --json has them\n", count - ROWS_MOST);
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
    const char *in = function->caller[0] ? function->caller : function->inside;
    return xasprintf("%s%s%s%s", function->in_kernel ? "the kernel for " : "",
                     name, *in ? " in " : "", in);
}

/* What is shown as the place: the caller if there is one, but of a writer
 * without a name its own. */
static const struct symbol *shown(const struct blame_site *site)
{
    return site->caller && site->function ? site->caller : site->writer;
}

static char *place_of(const struct blame_function *function,
                      const struct symbol *symbol)
{
    if (!symbol)
        return xasprintf("0x%" PRIx64, function->offset);
    return symbol->file
               ? xasprintf("%s:%d", tail_of(symbol->file), symbol->line)
               : blame_offset_text(symbol);
}

/* The numbers that rows of functions and of phases begin with. */
static void add_counts(const struct blame *blame, struct table *table,
                       const struct tally_row *row)
{
    add_number(table, row->broken);
    add_share(table, row->broken, blame->total.broken);
    add_number(table, row->fresh);
}

static void add_text(struct table *table, char *text)
{
    table_add(table, text);
    free(text);
}

static void add_function(const struct blame *blame, struct table *table,
                         const struct tally_row *row)
{
    const struct blame_function *function = row->key;
    struct blame_site site = blame_example(row);
    const struct symbol *symbol = shown(&site);
    add_counts(blame, table, row);
    add_text(table, name_of(function));
    add_text(table, place_of(function, symbol));
    table_add(table, symbol ? base_of(symbol->object) : "");
}

static void add_mapping(const struct blame *blame, struct table *table,
                        const struct tally_row *row)
{
    const struct account_mapping *mapping = row->key;
    add_told(blame, table, row->broken);
    add_share(table, row->broken, blame->total.broken);
    add_number(table, row->unseen);
    add_told(blame, table, row->fresh);
    if (mapping->end == 0) {
        table_add(table, "not known any more");
        table_add(table, "-");
        return;
    }
    table_add(table, mapping->name[0] ? base_of(mapping->name) : "anonymous");
    add_text(table,
             xasprintf("%" PRIx64 "-%" PRIx64, mapping->start, mapping->end));
}

/* Prints the first rows of a tally, and what the others come to. */
static void print_rows(const struct blame *blame, const struct tally *tally,
                       struct table *table,
                       void (*add)(const struct blame *, struct table *,
                                   const struct tally_row *),
                       FILE *stream)
{
    struct tally_row **rows = tally_sorted(tally);
    uint64_t rest = 0;
    for (size_t i = 0; i < tally->count; i++) {
        if (i < ROWS_MOST)
            add(blame, table, rows[i]);
        else
            rest += rows[i]->broken;
    }
    fputc('\n', stream);
    table_print(table, stream);
    table_free(table);
    if (tally->count > ROWS_MOST)
        fprintf(stream,
                "  and %zu more, with %" PRIu64 " broken pages: --json has "
                "them\n",
                tally->count - ROWS_MOST, rest);
    free(rows);
}

static void print_functions(const struct blame *blame, FILE *stream)
{
    static const char *const heads[] = {"broken", "%",  "new", "function",
                                        "where",  "in", NULL};
    print_rows(blame, &blame->functions, start("rrrlll", heads), add_function,
               stream);
}

static void add_phase(const struct blame *blame, struct table *table,
                      const struct tally_row *row)
{
    const char *phase = row->key;
    add_counts(blame, table, row);
    table_add(table, *phase ? phase : "not inferred");
}

static void print_phases(const struct blame *blame, FILE *stream)
{
    static const char *const heads[] = {
        "broken", "%", "new", "phase, inferred from the function", NULL};
    print_rows(blame, &blame->phases, start("rrrl", heads), add_phase, stream);
}

static void print_mappings(const struct blame *blame, FILE *stream)
{
    static const char *const heads[] = {
        "broken", "%", "not seen", "new", "mapping", "addresses", NULL};
    print_rows(blame, &blame->mappings, start("rrrrll", heads), add_mapping,
               stream);
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
        print_phases(blame, stream);
    }
    if (blame->mappings.count > 0)
        print_mappings(blame, stream);
    print_gaps(blame, stream);
}
