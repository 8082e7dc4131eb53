/* blame-sum.c: sums over processes and functions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-mappings.h"
#include "harness/blame-phase.h"
#include "harness/blame.h"
#include "harness/memory.h"

const char *const blame_end_texts[] = {"the time was over", "interrupted",
                                       "the server ended"};

static void fail(struct failures *failures, uint64_t count, int why)
{
    failures->count += count;
    if (count > 0)
        failures->why = why;
}

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
    total->untold += process->untold;
    total->left_alone += process->left_alone;
    total->copied += process->copied;
    total->exclusive += process->exclusive;
    if (process->uncompared)
        fail(&blame->uncompared, 1, process->uncompared);
    else
        blame->ended += !process->compared;
    if (process->pagemap < 0 && process->pagemap != -ESRCH) {
        fail(&blame->unlooked, 1, -process->pagemap);
        blame->unlooked_pages += process->unverified;
    }
}

static void copy_text(char *into, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size)
        length = size - 1;
    memcpy(into, text, length);
}

static void copy_caller(char *into, size_t size, const struct symbol *caller)
{
    char *place = blame_offset_text(caller);
    copy_text(into, size, caller->name_count > 0 ? caller->names[0] : place);
    free(place);
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

/* Why they have no name: `symbol` is the one without. */
static void count_nameless(struct blame *blame, const struct symbols *symbols,
                           const struct symbol *symbol, uint64_t broken)
{
    if (!symbol || symbol->late)
        blame->untabled += broken;
    else if (symbols_failure(symbols))
        fail(&blame->unopened, broken, symbols_failure(symbols));
    else
        blame->unknown += broken;
}

static void add_row(struct tally_row *sum, const struct tally_row *row)
{
    sum->broken += row->broken;
    sum->fresh += row->fresh;
}

static void add_site(struct blame *blame, const struct tally_row *row)
{
    const struct account_site *site = row->key;
    struct blame_site names = names_of(site);
    const char *phase = blame_phase(&names);
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
    if (phase)
        copy_text(key.phase, sizeof key.phase, phase);
    else
        blame->unphased += row->broken;
    if (names.function)
        copy_text(key.function, sizeof key.function, names.function);
    if (names.caller)
        copy_caller(key.caller, sizeof key.caller, names.caller);
    if (!names.function)
        count_nameless(blame, site->symbols, names.writer, row->broken);
    else if (names.caller && names.caller->name_count == 0)
        count_nameless(blame, site->symbols, names.caller, row->broken);
    if (names.is_for_caller && !names.caller)
        blame->uncalled += row->broken;
    struct tally_row *sum = tally_at(&blame->functions, &key);
    add_row(sum, row);
    add_row(tally_at(&blame->phases, key.phase), row);
    if (!sum->example)
        sum->example = site;
}

void blame_make(struct blame *blame, const struct account *account,
                enum blame_end end)
{
    *blame = (struct blame){.account = account, .end = end};
    tally_open(&blame->functions, sizeof(struct blame_function));
    blame_mappings_open(&blame->mappings, &account->mappings);
    tally_open(&blame->phases, sizeof((struct blame_function *)NULL)->phase);
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
    tally_clear(&blame->mappings);
    tally_clear(&blame->phases);
}
