/* sharing.h: which private pages of a process are shared copy-on-write, looked
 * up once and then followed from fault to fault and from fork to fork.
 *
 * The states follow from what is told in order of time; what nobody told shows
 * when they are compared with the process's pagemap again.  What a process
 * unmaps or discards is not told: a page written anew in its place passes for
 * the one that was there.  Shared are anonymous pages that are not exclusive,
 * and pages of files in writable private mappings. */
#ifndef SMAPS_SHARING_H
#define SMAPS_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum page_state {
    PAGE_UNKNOWN, /* not there when we looked, nor made since */
    PAGE_UNTOLD,  /* so, but there and its own when compared */
    PAGE_OWN,     /* the process's alone */
    PAGE_SHARED,
    PAGE_RESHARED,   /* its own until it forked */
    PAGE_LEFT_ALONE, /* shared by what was told, but exclusive, in the frame
                      * it was in: others wrote or left */
    PAGE_COPIED,     /* so, but in another frame: written, and not told */
    PAGE_EXCLUSIVE,  /* so, and frames are hidden */
    PAGE_STATES,
};

struct sharing;

struct sharing *sharing_new(void);
void sharing_free(struct sharing *sharing);

/* Looks at all pages of a process; what was known before is forgotten.  Returns
 * 0 or a negative errno. */
int sharing_look(struct sharing *sharing, pid_t pid);

enum page_state sharing_state(const struct sharing *sharing, uint64_t address);

/* The frame that a page was last known in; 0: unknown. */
uint64_t sharing_frame(const struct sharing *sharing, uint64_t address);

/* Whether nothing was told of the page. */
static inline bool page_is_unknown(enum page_state state)
{
    return state < PAGE_OWN;
}

/* Whether the state says that by all that was told the page is shared. */
static inline bool page_is_shared(enum page_state state)
{
    return state >= PAGE_SHARED;
}

/* A page came to be the process's own, as its pagemap entry says.  Returns 0 or
 * -ENOMEM. */
int sharing_own(struct sharing *sharing, uint64_t address, uint64_t entry);

/* Looks for pages that came untold, and adds the process's anonymous pages of
 * which nothing is known to `found`.  The pagemap is an open one, so that
 * nothing is found in another program that runs by now.  Returns 0 or a
 * negative errno: -ESRCH when that is so, or all is gone. */
int sharing_find(const struct sharing *sharing, pid_t pid, int pagemap,
                 struct sharing *found);

/* Takes what was found for the process's own, but for the pages that `later`
 * knows, which came after the time that matters: until the end of the looking.
 * Where it knows one of 2 MiB in which there was nothing, a huge page may have
 * come, and all are left out.  Returns 0 or -ENOMEM. */
int sharing_add(struct sharing *sharing, const struct sharing *found,
                const struct sharing *later);

/* Whether a page that is the process's own, by what was told, is in fact
 * shared: it has forked, and the child is there.  Returns 1, 0 or a negative
 * errno. */
int sharing_is_behind(struct sharing *sharing, pid_t pid, int pagemap);

/* The process forked: returns the child's states, in which all is shared, as it
 * is now in the parent.  NULL without memory. */
struct sharing *sharing_fork(struct sharing *parent);

/* Compares with the pagemap, an open one: shared pages that turn out exclusive
 * are found left alone, copied or exclusive, and pages that were unknown
 * untold.  Returns 0 or a negative errno: -ESRCH when the process runs another
 * program by now, or has ended. */
int sharing_compare(struct sharing *sharing, pid_t pid, int pagemap);

/* Pages by state; of PAGE_UNKNOWN 0. */
void sharing_count(const struct sharing *sharing, uint64_t counts[PAGE_STATES]);

/* Visits all pages of which something is known, in no order. */
typedef void sharing_visitor(uint64_t address, enum page_state state,
                             void *context);
void sharing_visit(const struct sharing *sharing, sharing_visitor *visit,
                   void *context);

#endif
