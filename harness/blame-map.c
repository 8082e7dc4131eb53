/* blame-map.c: see blame-map.h. */
#include "harness/blame-map.h"

#include <stdlib.h>

#include "harness/blame-history.h"

/* Where the walk through the accounts is. */
struct walk {
    const struct blame_accounts *accounts;
    size_t at;
};

/* A page_letter; pages come in address order. */
static char letter_of(uint64_t address, enum page_fate fate,
                      const struct page_entries *entries, void *context)
{
    struct walk *walk = context;
    const struct blame_accounts *accounts = walk->accounts;
    (void)entries;
    while (walk->at < accounts->count &&
           accounts->items[walk->at].page < address)
        walk->at++;
    bool known = fate == FATE_BROKEN && walk->at < accounts->count &&
                 accounts->items[walk->at].page == address;
    return known ? accounts->items[walk->at].letter : page_areas_letter(fate);
}

int blame_map(struct invocation *invocation, unsigned worker,
              const struct page_areas *areas,
              const struct blame_accounts *accounts,
              const struct blame_contents *contents)
{
    struct record_worker *its = &invocation->record->workers[worker];
    struct walk walk = {accounts, 0};
    char **maps;
    int status = page_areas_draw(areas, invocation->ledger, its->pid, letter_of,
                                 &walk, &maps);
    if (status < 0)
        return status;
    json_t *object = json_object();
    for (size_t i = 0; i < areas->count; i++) {
        const struct page_area *area = &areas->items[i];
        char *map = blame_contents_refine(
            contents, area, blame_history_complete(area, maps[i]));
        json_object_set_new(object, area->key, json_string(map));
        free(map);
    }
    free(maps);
    its->page_map =
        json_pack("{s:I, s:o}", "requests", (json_int_t)invocation->served,
                  "by_area", object);
    return 0;
}
