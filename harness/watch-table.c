/* watch-table.c: one look at a server as a table for people. */
#include "harness/watch.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"
#include "harness/sparkline.h"
#include "harness/table.h"
#include "smaps/pagemap.h"

#define MIB 1048576.0

static const char *const headings[] = {
    "",       "pid", "of",  "rss",      "pss",      "uss",   "shared",
    "broken", "new", "ero", "faults/s", "broken/s", "trend", "command",
};

enum { COLUMNS = sizeof headings / sizeof *headings };

static void add(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct table *table, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    table_add(table, text);
}

static void add_mib(struct table *table, double bytes)
{
    add(table, "%.1f", bytes / MIB);
}

static void add_pages(struct table *table, uint64_t pages)
{
    add_mib(table, (double)pages * PAGEMAP_PAGE_SIZE);
}

static void add_percent(struct table *table, uint64_t broken,
                        uint64_t inherited)
{
    if (inherited > 0)
        add(table, "%.1f%%", 100 * (double)broken / (double)inherited);
    else
        add(table, "-");
}

static void add_trend(struct table *table, const double *trend, double highest)
{
    char *text = sparkline(trend, GROUP_TREND, highest);
    table_add(table, text);
    free(text);
}

static void add_absent(struct table *table, unsigned columns)
{
    while (columns-- > 0)
        table_add(table, "-");
}

static const char *sign_of(const struct member *member, bool server)
{
    if (server)
        return "";
    if (!member->forked)
        return "x";
    return member->older ? "~" : member->fresh ? "+" : "";
}

static void add_rates(struct table *table, const struct member *member,
                      bool server, double highest)
{
    if (member->looks < 2) {
        add_absent(table, 2);
        table_add(table, "");
        return;
    }
    add(table, "%.0f", member->faults_per_second);
    if (server) {
        table_add(table, "-");
        table_add(table, "");
        return;
    }
    add_mib(table, member->broken_per_second * PAGEMAP_PAGE_SIZE);
    add_trend(table, member->trend, highest);
}

static void add_member(struct table *table, const struct member *member,
                       bool server, double highest)
{
    const struct smaps_totals *totals = &member->sample.totals;
    table_add(table, sign_of(member, server));
    add(table, "%d", (int)member->kin.pid);
    if (server)
        table_add(table, "");
    else
        add(table, "%d", (int)member->kin.parent);
    if (member->failure)
        add_absent(table, 9);
    else {
        add_mib(table, (double)totals->rss);
        add_mib(table, (double)totals->pss);
        add_mib(table, (double)smaps_uss(totals));
        add_pages(table, member->pages.shared);
        if (server)
            table_add(table, "-");
        else
            add_pages(table, member->pages.broken);
        add_pages(table, member->pages.new_pages);
        add_percent(table, member->pages.broken,
                    server ? 0 : member->inherited);
        add_rates(table, member, server, highest);
    }
    if (member->failure)
        table_add(table, "");
    table_add(table, member->kin.name);
}

static void add_totals(struct table *table, const struct group_totals *totals,
                       bool rates_known)
{
    double highest = 0;
    for (size_t i = 0; i < GROUP_TREND; i++)
        highest = totals->trend[i] > highest ? totals->trend[i] : highest;
    table_add(table, "");
    table_add(table, "all");
    table_add(table, "");
    table_add(table, "-");
    add_mib(table, (double)totals->pss);
    add_mib(table, (double)totals->uss);
    table_add(table, "-");
    add_pages(table, totals->broken);
    add_pages(table, totals->new_pages);
    add_percent(table, totals->broken, totals->inherited);
    if (rates_known) {
        add(table, "%.0f", totals->faults_per_second);
        add_mib(table, totals->broken_per_second * PAGEMAP_PAGE_SIZE);
        add_trend(table, totals->trend, highest);
    } else {
        add_absent(table, 2);
        table_add(table, "");
    }
    table_add(table, "");
}

static double highest_rate(const struct group *group)
{
    double highest = 0;
    for (size_t i = 1; i < group->count; i++)
        for (size_t k = 0; k < GROUP_TREND; k++)
            if (group->members[i].trend[k] > highest)
                highest = group->members[i].trend[k];
    return highest;
}

static void print_title(const struct group *group,
                        const struct watch_pace *pace,
                        const struct group_totals *totals, FILE *stream)
{
    fprintf(stream, "%s (pid %d): %zu process%s below it, look %llu",
            group->members->kin.name, (int)group->server, totals->workers,
            totals->workers == 1 ? "" : "es", (unsigned long long)group->looks);
    if (group->looks > 1)
        fprintf(stream, " after %.1f s",
                (double)(group->time_ns - group->begun_ns) / 1e9);
    fprintf(stream, "; looking took %.1f ms", (double)group->cost_ns / 1e6);
    if (pace->duty >= 0)
        fprintf(stream, ", %.2f%% of the time so far", 100 * pace->duty);
    fprintf(stream, "; next in %.1f s", (double)pace->next_ns / 1e9);
    if (pace->next_ns > pace->interval_ns)
        fprintf(stream, ", to stay at %g%%", 100 * pace->limit);
    fputc('\n', stream);
}

static void print_members(const struct group *group,
                          const struct group_totals *totals, FILE *stream)
{
    struct table *table = table_new("lrrrrrrrrrrrll");
    double highest = highest_rate(group);
    for (size_t i = 0; i < COLUMNS; i++)
        table_add(table, headings[i]);
    add_totals(table, totals, group->looks > 1);
    for (size_t i = 0; i < group->count; i++)
        add_member(table, &group->members[i], i == 0, highest);
    table_print(table, stream);
    table_free(table);
}

static bool any_sign(const struct group *group, const char *sign)
{
    for (size_t i = 1; i < group->count; i++)
        if (!strcmp(sign_of(&group->members[i], false), sign))
            return true;
    return false;
}

/* What the columns mean. */
static void print_legend(const struct group *group, FILE *stream)
{
    fputs("Sizes in MiB.  shared, broken: inherited pages still shared, and "
          "those of which the process has a copy of its own; new: other pages "
          "of its own; ero: broken of inherited.  Of the server: pages that it "
          "had at the first look and does not have alone, and those of its own "
          "that came since.\n",
          stream);
    if (any_sign(group, "~"))
        fprintf(stream, "~ %s\n", watch_older_why);
    /* These may come after a file's only legend. */
    fputs("+ was seen for the first time at this look; x has begun a program "
          "of its own: it inherited nothing\n",
          stream);
    if (group_server_wrote(group) < 0)
        fputs("How much the server itself has written since the first look "
              "cannot be told: page frames are hidden (they need "
              "CAP_SYS_ADMIN).\n",
              stream);
}

static void print_events(const struct group *group, FILE *stream)
{
    int64_t wrote = group_server_wrote(group);
    if (wrote > 0)
        fprintf(stream,
                "The server has written %.1f MiB since the first look; such a "
                "page counts as broken in the last process that still has the "
                "old one.\n",
                (double)wrote * PAGEMAP_PAGE_SIZE / MIB);
    for (size_t i = 0; i < group->ended_count; i++)
        fprintf(stream, "%s%d", i ? " " : "ended: ", (int)group->ended[i]);
    if (group->ended_count)
        fputc('\n', stream);
    for (size_t i = 0; i < group->count; i++)
        if (group->members[i].failure)
            fprintf(stream, "%d may not be read: %s\n",
                    (int)group->members[i].kin.pid,
                    strerror(-group->members[i].failure));
}

/* Prints one line, cut after so many characters; UTF-8 continues a character
 * with 10xxxxxx. */
static void print_cut(const char *line, size_t length, unsigned columns,
                      FILE *stream)
{
    size_t characters = 0;
    for (size_t i = 0; i < length; i++) {
        characters += ((unsigned char)line[i] & 0xc0) != 0x80;
        if (columns && characters > columns)
            break;
        fputc(line[i], stream);
    }
    fputc('\n', stream);
}

static void print_lines(const char *text, FILE *stream, unsigned rows,
                        unsigned columns)
{
    unsigned lines = 0, printed = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    /* The cursor needs a line, and so does the word of what is left out. */
    unsigned fit = rows > 2 && lines >= rows ? rows - 2 : lines;
    for (; printed < fit; printed++) {
        size_t length = strcspn(text, "\n");
        print_cut(text, length, columns, stream);
        text += length + 1;
    }
    if (printed < lines)
        fprintf(stream, "... %u more lines\n", lines - printed);
}

void watch_table(const struct group *group, const struct watch_pace *pace,
                 FILE *stream, unsigned rows, unsigned columns)
{
    struct group_totals totals = group_totals(group);
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return;
    print_title(group, pace, &totals, memory);
    print_members(group, &totals, memory);
    print_events(group, memory);
    /* A screen has the legend always, a file once. */
    if (rows || group->looks == 1)
        print_legend(group, memory);
    fclose(memory);
    print_lines(text, stream, rows, columns);
    free(text);
}
