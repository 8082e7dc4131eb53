/* blame-contents.c: see blame-contents.h. */
#include "harness/blame-contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/blame-runs.h"
#include "harness/failure.h"
#include "harness/page-map.h"

static const struct runs_request request = {"contents", "contents",
                                            "START-END=WHAT..."};

static const char doing[] = "telling what its pages hold";

static enum answer ask(struct invocation *invocation,
                       struct conversation *conversation,
                       struct blame_contents *contents)
{
    enum answer answer = blame_runs_ask(invocation, conversation, &request,
                                        &contents->runs, NULL);
    contents->told = answer == ANSWER_OK;
    if (answer == ANSWER_REFUSED)
        snprintf(contents->why, sizeof contents->why, "%s",
                 conversation->detail);
    return answer == ANSWER_REFUSED ? ANSWER_OK : answer;
}

int blame_contents_ask_template(struct invocation *invocation,
                                struct blame_contents *contents)
{
    enum answer answer = ask(invocation, &invocation->template, contents);
    return answer == ANSWER_OK ? 0
                               : failure_of_template(invocation, answer, doing);
}

int blame_contents_ask(struct invocation *invocation, unsigned worker,
                       struct blame_contents *contents)
{
    enum answer answer =
        ask(invocation, &invocation->workers[worker], contents);
    return answer == ANSWER_OK
               ? 0
               : failure_of_worker(invocation, worker, answer, doing);
}

/* What is told of an area, as a map that has nothing elsewhere; the caller
 * frees it. */
static char *map_of(const struct page_runs *runs, const struct page_area *area)
{
    struct page_map map = {0};
    uint64_t end = area->start;
    for (size_t i = 0; i < runs->count; i++) {
        const struct page_run *run = &runs->items[i];
        char letter = !strcmp(run->words, "free")     ? 'e'
                      : !strcmp(run->words, "pinned") ? 'k'
                                                      : '.';
        if (run->start < end || run->end > area->end || letter == '.')
            continue;
        page_map_add(&map, '.', (run->start - end) / PAGEMAP_PAGE_SIZE);
        page_map_add(&map, letter, (run->end - run->start) / PAGEMAP_PAGE_SIZE);
        end = run->end;
    }
    return page_map_take(&map);
}

static char refine(char state, char told)
{
    return state == 's' && told != '.' ? told : state;
}

char *blame_contents_refine(const struct blame_contents *contents,
                            const struct page_area *area, char *map)
{
    char *told = map_of(&contents->runs, area);
    char *refined =
        page_map_combine(page_map_read(map), page_map_read(told), refine, '.');
    free(told);
    free(map);
    return refined;
}

void blame_contents_clear(struct blame_contents *contents)
{
    page_runs_clear(&contents->runs);
    *contents = (struct blame_contents){0};
}
