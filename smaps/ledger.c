/* ledger.c: keeps the template's pagemap entries of all inherited pages and
 * compares a worker's with them.  A page that comes out neither shared nor
 * broken nor swapped is gone: mappings that a worker lost need no look. */
#include "smaps/ledger.h"

#include "smaps/fate.h"
#include "smaps/inherited.h"
#include "smaps/maps.h"
#include "smaps/pagemap.h"
#include "smaps/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ledger {
    struct region *regions;
    size_t region_count;
    uint64_t *inherited; /* pages by region */
    bool frames_known;
    struct inherited pages;
    uint64_t *buffer; /* WALK_ENTRIES, for whoever walks */
};

/* What a count carries along from piece to piece. */
struct tally {
    const struct ledger *ledger;
    struct page_counts *counts;
    uint64_t *lone_file_pages;
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The region an address lies in; `limit` is lowered to where that changes. */
static size_t region_at(const struct ledger *ledger, uint64_t address,
                        uint64_t *limit)
{
    for (size_t i = 0; i < ledger->region_count; i++) {
        const struct region *region = &ledger->regions[i];
        if (address < region->start) {
            *limit = least(*limit, region->start);
            break;
        }
        if (address < region->end) {
            *limit = least(*limit, region->end);
            return i;
        }
    }
    return ledger->region_count;
}

static bool is_inherited(const struct mapping *mapping, uint64_t entry)
{
    if (pagemap_file(entry))
        return pagemap_present(entry) && mapping->writable;
    return pagemap_present(entry) || pagemap_swapped(entry);
}

/* A walk_visitor over the template's private mappings. */
static int inherit(const struct mapping *mapping, uint64_t address,
                   const uint64_t *entries, size_t count, void *context)
{
    struct ledger *ledger = context;
    uint64_t end = address + count * PAGEMAP_PAGE_SIZE;

    while (address < end) {
        uint64_t limit = end;
        size_t region = region_at(ledger, address, &limit);
        for (; address < limit; address += PAGEMAP_PAGE_SIZE, entries++) {
            if (!is_inherited(mapping, *entries))
                continue;
            if (inherited_add(&ledger->pages, address, *entries))
                return -ENOMEM;
            ledger->inherited[region]++;
            ledger->frames_known |= pagemap_frame(*entries) != 0;
        }
    }
    return 0;
}

static struct ledger *ledger_new(const struct region *regions, size_t count)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (!ledger)
        return NULL;
    ledger->region_count = count;
    ledger->regions = calloc(count + 1, sizeof *regions);
    ledger->inherited = calloc(count + 1, sizeof *ledger->inherited);
    ledger->buffer = calloc(WALK_ENTRIES, sizeof *ledger->buffer);
    if (!ledger->regions || !ledger->inherited || !ledger->buffer) {
        ledger_free(ledger);
        return NULL;
    }
    if (count > 0)
        memcpy(ledger->regions, regions, count * sizeof *regions);
    return ledger;
}

/* Walks those mappings of a process that `wanted` lets through. */
static int walk_process(pid_t pid, const struct ledger *ledger,
                        bool (*wanted)(const struct mapping *,
                                       const struct ledger *),
                        walk_visitor *visit, void *context)
{
    struct mappings mappings;
    int result = mappings_read(pid, &mappings);

    if (result)
        return result;
    int descriptor = pagemap_open(pid);
    if (descriptor < 0) {
        mappings_free(&mappings);
        return descriptor;
    }
    for (size_t i = 0; !result && i < mappings.count; i++) {
        const struct mapping *mapping = &mappings.items[i];
        if (walk_is_ordinary(mapping) && wanted(mapping, ledger))
            result = walk_mapping(descriptor, mapping, ledger->buffer, visit,
                                  context);
    }
    close(descriptor);
    mappings_free(&mappings);
    return result;
}

static bool is_private(const struct mapping *mapping,
                       const struct ledger *ledger)
{
    (void)ledger;
    return !mapping->shared;
}

/* Address space set aside is worth a look only where something was inherited:
 * kernels that cannot scan it would spend milliseconds on every sample. */
static bool is_in_use(const struct mapping *mapping,
                      const struct ledger *ledger)
{
    return !walk_is_reserved(mapping) ||
           inherited_within(&ledger->pages, mapping->start, mapping->end);
}

int ledger_open(pid_t template_pid, const struct region *regions,
                size_t region_count, struct ledger **ledger)
{
    struct ledger *opened = ledger_new(regions, region_count);

    if (!opened)
        return -ENOMEM;
    int result =
        walk_process(template_pid, opened, is_private, inherit, opened);
    if (result) {
        ledger_free(opened);
        return result;
    }
    *ledger = opened;
    return 0;
}

int ledger_open_empty(struct ledger **ledger)
{
    *ledger = ledger_new(NULL, 0);
    return *ledger ? 0 : -ENOMEM;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    free(ledger->regions);
    free(ledger->inherited);
    inherited_clear(&ledger->pages);
    free(ledger->buffer);
    free(ledger);
}

bool ledger_frames_known(const struct ledger *ledger)
{
    return ledger->frames_known;
}

size_t ledger_region_count(const struct ledger *ledger)
{
    return ledger->region_count;
}

const uint64_t *ledger_inherited(const struct ledger *ledger)
{
    return ledger->inherited;
}

static bool is_lone_file_page(uint64_t entry)
{
    return pagemap_present(entry) && pagemap_file(entry) &&
           pagemap_exclusive(entry);
}

static void count_piece(const struct mapping *mapping,
                        const uint64_t *inherited, const uint64_t *entries,
                        size_t count, struct page_counts *counts)
{
    uint64_t fates[FATE_COUNT] = {0};

    for (size_t i = 0; i < count; i++) {
        if (!inherited || !inherited[i]) {
            fates[fate_of_other(entries[i])]++;
            continue;
        }
        fates[fate_of_inherited(inherited[i], entries[i], mapping->file)]++;
        counts->moved += fate_moved(inherited[i], entries[i]);
    }
    counts->shared += fates[FATE_SHARED];
    counts->broken += fates[FATE_BROKEN];
    counts->swapped += fates[FATE_SWAPPED];
    counts->new_pages += fates[FATE_NEW];
}

/* A walk_visitor over all mappings of a worker. */
static int count_pages(const struct mapping *mapping, uint64_t address,
                       const uint64_t *entries, size_t count, void *context)
{
    struct tally *tally = context;
    uint64_t end = address + count * PAGEMAP_PAGE_SIZE;

    for (size_t i = 0; i < count; i++)
        *tally->lone_file_pages += is_lone_file_page(entries[i]);
    if (mapping->shared)
        return 0;
    while (address < end) {
        uint64_t limit = end;
        size_t region = region_at(tally->ledger, address, &limit);
        const uint64_t *inherited =
            inherited_at(&tally->ledger->pages, address, &limit);
        size_t pages = (limit - address) / PAGEMAP_PAGE_SIZE;
        count_piece(mapping, inherited, entries, pages, &tally->counts[region]);
        entries += pages;
        address = limit;
    }
    return 0;
}

/* What a visit carries along. */
struct tour {
    const struct ledger *ledger;
    ledger_visitor *visit;
    void *context;
};

static int visit_piece(const struct mapping *mapping, uint64_t address,
                       const uint64_t *inherited, const uint64_t *entries,
                       size_t count, const struct tour *tour)
{
    int result = 0;

    for (size_t i = 0; !result && i < count; i++) {
        const struct page_entries page = {inherited ? inherited[i] : 0,
                                          entries[i]};
        enum page_fate fate =
            page.inherited
                ? fate_of_inherited(page.inherited, page.own, mapping->file)
                : fate_of_other(page.own);
        if (fate != FATE_NONE)
            result = tour->visit(address + i * PAGEMAP_PAGE_SIZE, fate, &page,
                                 tour->context);
    }
    return result;
}

/* A walk_visitor over all mappings of a worker. */
static int visit_pages(const struct mapping *mapping, uint64_t address,
                       const uint64_t *entries, size_t count, void *context)
{
    const struct tour *tour = context;
    uint64_t end = address + count * PAGEMAP_PAGE_SIZE;
    int result = 0;

    if (mapping->shared)
        return 0;
    while (!result && address < end) {
        uint64_t limit = end;
        const uint64_t *inherited =
            inherited_at(&tour->ledger->pages, address, &limit);
        size_t pages = (limit - address) / PAGEMAP_PAGE_SIZE;
        result = visit_piece(mapping, address, inherited, entries, pages, tour);
        entries += pages;
        address = limit;
    }
    return result;
}

int ledger_visit(const struct ledger *ledger, pid_t worker,
                 ledger_visitor *visit, void *context)
{
    struct tour tour = {ledger, visit, context};

    return walk_process(worker, ledger, is_in_use, visit_pages, &tour);
}

int ledger_count(const struct ledger *ledger, pid_t worker,
                 struct page_counts *counts, uint64_t *lone_file_pages)
{
    struct tally tally = {ledger, counts, lone_file_pages};

    memset(counts, 0, (ledger->region_count + 1) * sizeof *counts);
    *lone_file_pages = 0;
    int result = walk_process(worker, ledger, is_in_use, count_pages, &tally);
    for (size_t i = 0; !result && i <= ledger->region_count; i++)
        counts[i].gone = ledger->inherited[i] - counts[i].shared -
                         counts[i].broken - counts[i].swapped;
    return result;
}

struct page_counts page_counts_sum(const struct page_counts *counts,
                                   size_t count)
{
    struct page_counts sum = {0};
    for (size_t i = 0; i < count; i++) {
        sum.shared += counts[i].shared;
        sum.broken += counts[i].broken;
        sum.swapped += counts[i].swapped;
        sum.gone += counts[i].gone;
        sum.new_pages += counts[i].new_pages;
        sum.moved += counts[i].moved;
    }
    return sum;
}
