/* contents.c: see contents.h.  A byte for each page in use, in a mapping of its
 * own. */
#include "subjects/c/contents.h"

#include "collectors/collector.h"
#include "heap/object.h"
#include "subjects/c/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SPACES_MOST 64u
#define RUNS_MOST   1024u /* in one answer, of less than 100 bytes each */

enum { HOLDS_SOMETHING = 1, HOLDS_PINNED = 2 };

/* A region of objects. */
struct space {
    uintptr_t start, end; /* what is in use */
    unsigned char *pages;
};

static struct {
    struct space items[SPACES_MOST]; /* in address order */
    size_t count;
} spaces;

static size_t pages_of(const struct space *space)
{
    return (space->end - space->start) / PAGE_BYTES;
}

/* A region_visitor; `context` becomes why it cannot be done. */
static void add_space(const struct region *region, void *context)
{
    const char **why = context;
    size_t at = spaces.count;
    uintptr_t start = (uintptr_t)region->start;
    if (region_is_side(region) || region->committed == 0) {
        return;
    }
    if (at == SPACES_MOST) {
        *why = "the heap has too many regions";
        return;
    }
    struct space space = {start, start + region->committed, NULL};
    space.pages = mmap(NULL, pages_of(&space), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space.pages == MAP_FAILED) {
        *why = "no memory";
        return;
    }
    for (; at > 0 && spaces.items[at - 1].start > start; at--) {
        spaces.items[at] = spaces.items[at - 1];
    }
    spaces.items[at] = space;
    spaces.count++;
}

/* An extent_visitor. */
static void add_extent(const void *start, size_t bytes, const char *what,
                       void *context)
{
    uintptr_t first = (uintptr_t)start;
    unsigned char holds = HOLDS_SOMETHING;
    (void)context;
    if (strcmp(what, EXTENT_FREE) == 0) {
        return;
    }
    if (strcmp(what, EXTENT_OBJECT) == 0 && collector.is_pinned(start)) {
        holds |= HOLDS_PINNED;
    }
    for (size_t i = 0; i < spaces.count; i++) {
        const struct space *space = &spaces.items[i];
        if (first < space->start || first >= space->end) {
            continue;
        }
        size_t last = (first + bytes - 1 - space->start) / PAGE_BYTES;
        for (size_t page = (first - space->start) / PAGE_BYTES; page <= last;
             page++) {
            space->pages[page] |= holds;
        }
    }
}

void contents_forget(void)
{
    for (size_t i = 0; i < spaces.count; i++) {
        munmap(spaces.items[i].pages, pages_of(&spaces.items[i]));
    }
    spaces.count = 0;
}

static const char *word_of(unsigned char holds)
{
    return holds == 0 ? "free" : holds & HOLDS_PINNED ? "pinned" : NULL;
}

/* Adds the runs of a space from an address on, as long as there is room for so
 * many.  Returns how many there is room for then; none: ask on at `next`. */
static unsigned add_runs(const struct space *space, uintptr_t from,
                         unsigned room, uintptr_t *next)
{
    size_t count = pages_of(space);
    size_t at = from > space->start ? (from - space->start) / PAGE_BYTES : 0;
    while (at < count) {
        const char *word = word_of(space->pages[at]);
        size_t first = at;
        while (at < count && word_of(space->pages[at]) == word) {
            at++;
        }
        if (word == NULL) {
            continue;
        }
        if (room == 0) {
            *next = space->start + first * PAGE_BYTES;
            return 0;
        }
        message_add(" %" PRIxPTR "-%" PRIxPTR "=%s",
                    space->start + first * PAGE_BYTES,
                    space->start + at * PAGE_BYTES, word);
        room--;
    }
    return room;
}

void contents_answer(char **words, unsigned count)
{
    char *end = NULL;
    const char *why = NULL;
    uintptr_t from = count == 2 ? strtoull(words[1], &end, 16) : 0;
    uintptr_t next = 0;
    if (count > 2 || (end != NULL && (end == words[1] || *end != '\0'))) {
        message_error("contents: expected nothing, or an address");
        return;
    }
    if (spaces.count == 0) {
        collector.each_region(add_space, &why);
        if (why != NULL) {
            contents_forget();
            message_error("contents: %s", why);
            return;
        }
        collector.each_extent(add_extent, NULL);
    }
    unsigned room = RUNS_MOST;
    message_add("contents");
    for (size_t i = 0; i < spaces.count && next == 0; i++) {
        room = add_runs(&spaces.items[i], from, room, &next);
    }
    if (next != 0) {
        message_add(" more=%" PRIxPTR, next);
    }
    message_send();
}
