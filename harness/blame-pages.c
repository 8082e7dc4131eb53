/* blame-pages.c: see blame-pages.h. */
#include "harness/blame-pages.h"

#include <stdio.h>
#include <stdlib.h>

/* A run under way. */
struct run {
    uint64_t page, count; /* count 0: none */
    size_t row;
};

static void put_run(FILE *stream, const struct run *run, bool first)
{
    if (!run->count)
        return;
    fprintf(stream, "%s%llu", first ? "" : " ", (unsigned long long)run->page);
    if (run->count > 1)
        fprintf(stream, "+%llu", (unsigned long long)run->count);
    fprintf(stream, "=%zu", run->row);
}

/* The text of one area, from the account at `at` on, which is moved behind it;
 * the caller frees it. */
static char *text_of(const struct page_area *area,
                     const struct blame_accounts *accounts,
                     const size_t *places, size_t *at)
{
    char *text;
    size_t size;
    struct run run = {0};
    bool first = true;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        abort();
    for (; *at < accounts->count && accounts->items[*at].page < area->end;
         ++*at) {
        const struct blame_account *account = &accounts->items[*at];
        if (account->page < area->start || !account->fault)
            continue;
        uint64_t page = (account->page - area->start) / PAGEMAP_PAGE_SIZE;
        size_t row = places[account->row];
        if (run.count && run.row == row && run.page + run.count == page) {
            run.count++;
            continue;
        }
        put_run(stream, &run, first);
        first &= !run.count;
        run = (struct run){page, 1, row};
    }
    put_run(stream, &run, first);
    fclose(stream);
    return text;
}

json_t *blame_pages_json(const struct page_areas *areas,
                         const struct blame_accounts *accounts,
                         const size_t *places)
{
    json_t *object = json_object();
    size_t at = 0;
    for (size_t i = 0; i < areas->count; i++) {
        char *text = text_of(&areas->items[i], accounts, places, &at);
        if (*text)
            json_object_set_new(object, areas->items[i].key, json_string(text));
        free(text);
    }
    return object;
}
