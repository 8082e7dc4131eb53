/* blame-sum.c: sums over processes and functions, and what stays unknown. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/blame.h"
#include "harness/memory.h"

const char *const blame_end_texts[] = {"the time was over", "interrupted",
                                       "the server ended"};

static void add_process(struct blame *blame,
                        const struct account_process *process)
{
    struct account_process *total = &blame->total;
    total->shared += process->shared;
    total->broken += process->broken;
    total->unverified += process->unverified;
    total->unframed += process->unframed;
    total->kept += process->kept;
    total->unbroken += process->unbroken;
    total->fresh += process->fresh;
    total->other += process->other;
    total->left_alone += process->left_alone;
    total->copied += process->copied;
    total->exclusive += process->exclusive;
    blame->ended += !process->compared;
}

static void copy_text(char *into, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size)
        length = size - 1;
    memcpy(into, text, length);
}

static struct blame_site names_of(const struct account_site *site)
{
    return blame_site(site->symbols, site->instruction, site->caller,
                      site->in_kernel);
}

struct blame_site blame_example(const struct tally_row *row)
{
    return names_of(row->example);
}

static void add_site(struct blame *blame, const struct tally_row *row)
{
    const struct account_site *site = row->key;
    struct blame_site names = names_of(site);
    struct blame_function key;
    memset(&key, 0, sizeof key);
    key.in_kernel = site->in_kernel;
    key.offset = site->instruction;
    if (names.writer) {
        unsigned count = names.writer->name_count;
        copy_text(key.object, sizeof key.object, names.writer->object);
        key.offset = count > 0 ? 0 : names.writer->offset;
        if (count > 1)
            copy_text(key.inside, sizeof key.inside,
                      names.writer->names[count - 1]);
    }
    if (names.function)
        copy_text(key.function, sizeof key.function, names.function);
    if (names.caller)
        copy_text(key.caller, sizeof key.caller, names.caller->names[0]);
    if (!names.function && !names.caller)
        blame->unknown += row->broken;
    if (names.is_for_caller && !names.caller)
        blame->uncalled += row->broken;
    struct tally_row *sum = tally_at(&blame->functions, &key);
    sum->broken += row->broken;
    sum->fresh += row->fresh;
    if (!sum->example)
        sum->example = site;
}

void blame_make(struct blame *blame, const struct account *account,
                enum blame_end end)
{
    *blame = (struct blame){.account = account, .end = end};
    tally_open(&blame->functions, sizeof(struct blame_function));
    for (size_t i = 0; i < account->process_count; i++)
        add_process(blame, account->processes[i]);
    struct tally_row **sites = tally_sorted(&account->sites);
    for (size_t i = 0; i < account->sites.count; i++)
        add_site(blame, sites[i]);
    free(sites);
}

void blame_clear(struct blame *blame)
{
    tally_clear(&blame->functions);
}

/* ---- Gaps ---------------------------------------------------------------- */

enum { GAPS_MOST = 12 };

struct gaps {
    char **texts;
    size_t count;
};

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* Takes the text over. */
static void add_gap(struct gaps *gaps, char *text)
{
    gaps->texts[gaps->count++] = text;
}

static void add_gaps_of_trace(const struct account *account, struct gaps *gaps)
{
    const struct fault_trace_facts *facts = fault_trace_facts(account->trace);
    const struct fault_trace_counts *counts = &account->counts;
    if (!facts->kernel_counted)
        add_gap(gaps,
                xasprintf("pages that the kernel wrote for the program, as in "
                          "read(2): only user mode may be watched: %s",
                          facts->kernel_why));
    if (counts->missing || counts->lost_records)
        add_gap(gaps, xasprintf("%" PRIu64 " of %" PRIu64
                                " faults were lost, the rings of %zu KiB were "
                                "full: they are missing in all tables",
                                counts->missing, counts->counted,
                                facts->ring_bytes / 1024));
    if (counts->malformed)
        add_gap(gaps,
                xasprintf("%" PRIu64 " stretches of the rings made no sense",
                          counts->malformed));
    if (account->refused)
        add_gap(gaps,
                xasprintf("%" PRIu64 " descendant%s may not be watched by "
                          "this user",
                          account->refused, plural(account->refused)));
    if (account->strays)
        add_gap(gaps, xasprintf("%" PRIu64 " fault%s that came before their "
                                "processes could be looked at",
                                account->strays, plural(account->strays)));
}

static const char *why_no_frames(void)
{
    return geteuid() == 0 ? "changed too fast" : "are for root to see";
}

char **blame_gaps(const struct blame *blame)
{
    const struct account_process *total = &blame->total;
    struct gaps gaps = {xcalloc(GAPS_MOST + 1, sizeof(char *)), 0};
    add_gaps_of_trace(blame->account, &gaps);
    add_gap(&gaps, xstrdup("in which phases: only subjects of `cowlab run` "
                           "tell what they are doing"));
    if (total->unframed)
        add_gap(&gaps,
                xasprintf("whether %" PRIu64 " of the broken pages were copied "
                          "or, with no other to have them, written where they "
                          "were; the frames that would tell %s",
                          total->unframed, why_no_frames()));
    if (total->copied)
        add_gap(&gaps,
                xasprintf("who wrote %" PRIu64 " page%s, now private by a copy",
                          total->copied, plural(total->copied)));
    if (total->exclusive)
        add_gap(&gaps,
                xasprintf("why %" PRIu64 " page%s became private: the kernel "
                          "wrote for the program, or all others wrote or "
                          "left; the frames that would tell %s",
                          total->exclusive, plural(total->exclusive),
                          why_no_frames()));
    if (blame->ended)
        add_gap(&gaps, xasprintf("what %" PRIu64
                                 " process%s ended meanwhile broke beyond "
                                 "the faults that were seen",
                                 blame->ended,
                                 blame->ended == 1 ? " that" : "es that"));
    if (blame->unknown)
        add_gap(&gaps, xasprintf("the functions that broke %" PRIu64
                                 " page%s: symbols are stripped, or the code "
                                 "was made at run time (names from %s)",
                                 blame->unknown, plural(blame->unknown),
                                 symbols_source()));
    if (blame->uncalled)
        add_gap(&gaps, xasprintf("for whom libc wrote %" PRIu64
                                 " page%s: the return address is not at the "
                                 "top of the stack, or nothing tells that",
                                 blame->uncalled, plural(blame->uncalled)));
    return gaps.texts;
}
