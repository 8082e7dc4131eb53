/* blame-gaps.c: what a report cannot say, in sentences. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/blame.h"
#include "harness/memory.h"

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
    gaps->texts =
        xreallocarray(gaps->texts, gaps->count + 2, sizeof *gaps->texts);
    gaps->texts[gaps->count++] = text;
    gaps->texts[gaps->count] = NULL;
}

/* Adds "BEFORE COUNT NOUNs AFTER: WHY", if there were any. */
static void add_failures(struct gaps *gaps, const struct failures *failures,
                         const char *before, const char *noun,
                         const char *after)
{
    if (failures->count == 0)
        return;
    add_gap(gaps,
            xasprintf("%s %" PRIu64 " %s%s%s: %s%s", before, failures->count,
                      noun, plural(failures->count), after,
                      strerror(failures->why), account_remedy(failures->why)));
}

static void add_gaps_of_rings(const struct account *account, struct gaps *gaps)
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
}

static void add_gaps_of_trace(const struct account *account, struct gaps *gaps)
{
    if (account->untraced[0])
        add_gap(gaps, xasprintf("who broke pages, and whatever was forked "
                                "meanwhile: page faults cannot be watched: %s",
                                account->untraced));
    else
        add_gaps_of_rings(account, gaps);
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

static void add_gaps_of_names(const struct blame *blame, struct gaps *gaps)
{
    if (blame->unknown)
        add_gap(gaps, xasprintf("the functions that broke %" PRIu64
                                " page%s: symbols are stripped, or the code "
                                "was made at run time (names from %s)",
                                blame->unknown, plural(blame->unknown),
                                symbols_source()));
    add_failures(gaps, &blame->unopened, "the functions that broke", "page",
                 " in files that could not be opened");
    if (blame->untabled)
        add_gap(gaps,
                xasprintf("the functions that broke %" PRIu64 " page%s: %s",
                          blame->untabled, plural(blame->untabled),
                          blame->account->unread.count
                              ? "their code could not be looked up"
                              : "the process ended, or too many other "
                                "programs were looked up, before its code "
                                "was"));
    if (blame->uncalled)
        add_gap(gaps, xasprintf("for whom libc wrote %" PRIu64
                                " page%s: the return address is not at the "
                                "top of the stack, or nothing tells that",
                                blame->uncalled, plural(blame->uncalled)));
}

static void add_gaps_of_failures(const struct blame *blame, struct gaps *gaps)
{
    add_failures(gaps, &blame->unlooked,
                 "new pages, and broken ones a second time:", "pagemap",
                 " could not be opened");
    add_failures(gaps, &blame->uncompared,
                 "what processes broke beyond the faults that were seen:",
                 "pagemap", " could not be read at the end");
    add_failures(gaps, &blame->account->shut, "what", "fault",
                 " did in processes whose pagemaps could not be read");
    add_failures(gaps, &blame->account->unread,
                 "what was mapped anew:", "reading", " failed");
}

static const char *why_no_frames(void)
{
    return geteuid() == 0 ? "changed too fast" : "are for root to see";
}

char **blame_gaps(const struct blame *blame)
{
    const struct account_process *total = &blame->total;
    struct gaps gaps = {xcalloc(1, sizeof *gaps.texts), 0};
    add_gaps_of_trace(blame->account, &gaps);
    if (blame->unphased)
        add_gap(&gaps, xasprintf("in which phases %" PRIu64
                                 " page%s broke: nothing is known of the "
                                 "functions, and only subjects of `cowlab run` "
                                 "tell what they are doing",
                                 blame->unphased, plural(blame->unphased)));
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
    if (total->untold && !blame->account->untraced[0])
        add_gap(&gaps,
                xasprintf("who made %" PRIu64 " page%s not counted as new: "
                          "they came many at a time (huge pages, "
                          "MAP_POPULATE), moved (mremap), or their faults "
                          "were not seen",
                          total->untold, plural(total->untold)));
    if (blame->ended)
        add_gap(&gaps,
                xasprintf("what %" PRIu64 " process%s ended meanwhile%s broke "
                          "beyond the faults that were seen",
                          blame->ended, blame->ended == 1 ? " that" : "es that",
                          blame->account->untraced[0]
                              ? ", or ran another program,"
                              : ""));
    add_gaps_of_failures(blame, &gaps);
    add_gaps_of_names(blame, &gaps);
    return gaps.texts;
}
