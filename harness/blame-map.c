/* blame-map.c: see blame-map.h. */
#include "harness/blame-map.h"

#include <stdlib.h>

#include "harness/memory.h"
#include "harness/page-map.h"
#include "smaps/ledger.h"

struct drawing {
    const struct record *record;
    const struct blame_accounts *accounts;
    struct page_map *maps;  /* of each region */
    uint64_t *ends;         /* how far each is drawn: an address */
    size_t region, account; /* where the walk is */
};

static char letter_of(struct drawing *drawing, uint64_t address,
                      enum page_fate fate)
{
    static const char letters[FATE_COUNT] = {
        [FATE_NONE] = '.',    [FATE_SHARED] = 's', [FATE_BROKEN] = 'u',
        [FATE_SWAPPED] = 'w', [FATE_GONE] = 'g',   [FATE_NEW] = 'n',
    };
    const struct blame_accounts *accounts = drawing->accounts;
    while (drawing->account < accounts->count &&
           accounts->items[drawing->account].page < address)
        drawing->account++;
    bool known = fate == FATE_BROKEN && drawing->account < accounts->count &&
                 accounts->items[drawing->account].page == address;
    return known ? accounts->items[drawing->account].letter : letters[fate];
}

/* A ledger_visitor; pages come in address order, as the regions are. */
static int draw(uint64_t address, enum page_fate fate,
                const struct page_entries *entries, void *context)
{
    struct drawing *drawing = context;
    const struct record *record = drawing->record;
    (void)entries;
    while (drawing->region < record->region_count &&
           address >= record->regions[drawing->region].end)
        drawing->region++;
    if (drawing->region == record->region_count ||
        address < record->regions[drawing->region].start)
        return 0;
    uint64_t *end = &drawing->ends[drawing->region];
    struct page_map *map = &drawing->maps[drawing->region];
    page_map_add(map, '.', (address - *end) / PAGEMAP_PAGE_SIZE);
    page_map_add(map, letter_of(drawing, address, fate), 1);
    *end = address + PAGEMAP_PAGE_SIZE;
    return 0;
}

int blame_map(struct invocation *invocation, unsigned worker,
              const struct blame_accounts *accounts)
{
    struct record *record = invocation->record;
    struct drawing drawing = {
        .record = record,
        .accounts = accounts,
        .maps = xcalloc(record->region_count + 1, sizeof *drawing.maps),
        .ends = xcalloc(record->region_count + 1, sizeof *drawing.ends),
    };
    for (size_t i = 0; i < record->region_count; i++)
        drawing.ends[i] = record->regions[i].start;
    int status = ledger_visit(invocation->ledger, record->workers[worker].pid,
                              draw, &drawing);
    json_t *regions = json_object();
    for (size_t i = 0; i < record->region_count; i++) {
        uint64_t rest = record->regions[i].end - drawing.ends[i];
        page_map_add(&drawing.maps[i], '.', rest / PAGEMAP_PAGE_SIZE);
        char *text = page_map_take(&drawing.maps[i]);
        json_object_set_new(regions, record->regions[i].name,
                            json_string(text));
        free(text);
    }
    if (status == 0)
        record->workers[worker].page_map =
            json_pack("{s:I, s:O}", "requests", (json_int_t)invocation->served,
                      "by_region", regions);
    json_decref(regions);
    free(drawing.maps);
    free(drawing.ends);
    return status;
}
