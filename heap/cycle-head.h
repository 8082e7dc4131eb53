/* cycle-head.h: containers in doubly linked lists.
 *
 * As in CPython to 3.7, three words lie before such a container: the next and
 * the previous one of its generation, and a word in which a collection keeps
 * what is left of a copy of the count. */
#ifndef HEAP_CYCLE_HEAD_H
#define HEAP_CYCLE_HEAD_H

#include "heap/cycle.h"

#define CYCLE_HEAD_METADATA(which)                                             \
    {"links", "header", 128, 0,                                                \
     "of " which ": when one comes or goes beside it in the list, and in a "   \
     "cyclic collection"},                                                     \
        {"count-copy", "header", 64, 0,                                        \
         "of " which ", in each cyclic collection that looks at them"},        \
    {                                                                          \
        "links", "side", 128, 0, "of the lists: when one gets another end"     \
    }

struct cycle_head {
    struct cycle_head *next, *previous;
    int64_t copy; /* of the count, or one of the states below */
};

/* The object is in no collection, or is known to live; or it looks as if
 * nothing held it from outside. */
enum { CYCLE_REACHABLE = -1, CYCLE_TENTATIVE = -2 };

#ifndef CYCLE_LISTS
#define CYCLE_LISTS CYCLE_GENERATIONS
#endif

static struct cycle_head *cycle_lists; /* at the region's start */
static struct region cycle_region;

static inline struct cycle_head *cycle_head(const struct object *object)
{
    return (struct cycle_head *)((char *)object - COUNT_BYTES) - 1;
}

static inline struct object *cycle_object(const struct cycle_head *head)
{
    return (struct object *)((char *)(head + 1) + COUNT_BYTES);
}

static inline void list_begin(struct cycle_head *list)
{
    list->next = list->previous = list;
}

static inline bool list_is_empty(const struct cycle_head *list)
{
    return list->next == list;
}

static inline void list_remove(struct cycle_head *head)
{
    head->previous->next = head->next;
    head->next->previous = head->previous;
}

static inline void list_append(struct cycle_head *list, struct cycle_head *head)
{
    head->next = list;
    head->previous = list->previous;
    head->previous->next = list->previous = head;
}

/* Puts all of one list at the end of another: only the ends are written. */
static inline void list_splice(struct cycle_head *to, struct cycle_head *from)
{
    if (!list_is_empty(from)) {
        to->previous->next = from->next;
        from->next->previous = to->previous;
        to->previous = from->previous;
        from->previous->next = to;
        list_begin(from);
    }
}

/* Frees garbage.  What other garbage still holds goes back to the set until
 * that lets go of it, too. */
static void list_free(struct cycle_head *garbage, struct cycle_head *set)
{
    while (!list_is_empty(garbage)) {
        struct cycle_head *head = garbage->next;
        struct object *object = cycle_object(head);
        list_remove(head);
        list_append(set, head);
        head->copy = CYCLE_REACHABLE;
        count_up(object);
        cycle_clear(object);
        if (count_down(object)) {
            object_lost(object);
        }
    }
}

static void lists_open(void)
{
    region_open(&cycle_region, "generations", "links", PAGE_BYTES);
    region_commit(&cycle_region, PAGE_BYTES);
    cycle_lists = (struct cycle_head *)cycle_region.start;
    for (unsigned i = 0; i < CYCLE_LISTS; i++) {
        list_begin(&cycle_lists[i]);
    }
}

static void lists_close(void)
{
    region_close(&cycle_region);
}

/* Whether a cell or run begins with a head: its first word is then a link, to
 * another one or to a list, and no count or header of an atom looks like one: a
 * large atom's header is above all addresses. */
static inline bool head_begins(const char *cell)
{
    const void *first = *(void *const *)cell;
    return region_holds(&heap.small.region, first) ||
           region_holds(&heap.large.region, first) ||
           region_holds(&cycle_region, first);
}

static inline void head_extent(const struct object *object,
                               extent_visitor *visit, void *context)
{
    const struct cycle_head *head = cycle_head(object);
    visit(head, 2 * sizeof head->next, "links", context);
    visit(&head->copy, sizeof head->copy, "count-copy", context);
}

#endif
