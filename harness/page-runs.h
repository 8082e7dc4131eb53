/* page-runs.h: words about runs of pages, as a process answers them:
 * START-END=WORD,WORD... in address order, and at which address to ask on
 * (subjects/PROTOCOL.md, Writes and Contents). */
#ifndef HARNESS_PAGE_RUNS_H
#define HARNESS_PAGE_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/message.h"

/* Lists of words that one subject may tell of, and room for a word with its
 * NUL. */
#define PAGE_RUNS_WORDS_MOST 512u
#define PAGE_RUNS_WORD_SIZE  16u

/* Pages in a row of which the same is said. */
struct page_run {
    uint64_t start, end;
    const char *words; /* WORD,WORD...: none twice */
};

/* Starts as all zero. */
struct page_runs {
    struct page_run *items; /* in address order */
    size_t count, capacity;
    char **words; /* each list once */
    size_t word_count;
    uint64_t more; /* where to ask on; 0: nowhere */
};

/* Adds those of an answer, and passes over its `ns`.  Returns 0, or -1 when it
 * is not of the form START-END=WORD,WORD... [more=ADDRESS], or not in address
 * order. */
int page_runs_add(struct page_runs *runs, const struct message *message);

/* The words of the page at an address, or NULL.  `at` is where the search
 * begins and ends: 0 at first; addresses come in order. */
const char *page_runs_at(const struct page_runs *runs, uint64_t address,
                         size_t *at);

void page_runs_clear(struct page_runs *runs);

#endif
