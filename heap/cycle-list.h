/* cycle-list.h: generations as doubly linked lists through the containers.
 *
 * As in CPython to 3.7: before each container lie three words, the next and
 * the previous container of its generation, and a word in which a collection
 * keeps what is left of a copy of the count when the references among the
 * objects that it looks at are taken off.  A collection writes that word in
 * every object that it looks at, and links in many, even when nothing dies.
 * A container that dies writes its two neighbours in the list. */
#ifndef HEAP_CYCLE_LIST_H
#define HEAP_CYCLE_LIST_H

#include "heap/cycle.h"

#define CYCLE_METADATA                                                         \
    {"links", "header", 128, 0,                                                \
     "of containers: when one comes or goes beside it in the list, and in a "  \
     "cyclic collection"},                                                     \
        {"count-copy", "header", 64, 0,                                        \
         "of containers, in each cyclic collection that looks at them"},       \
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

static inline size_t cycle_bytes(bool is_container, bool is_large)
{
    (void)is_large;
    return is_container ? sizeof(struct cycle_head) : 0;
}

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

static inline void cycle_track(struct object *object, bool is_large)
{
    (void)is_large;
    cycle_head(object)->copy = CYCLE_REACHABLE;
    list_append(&cycle_lists[0], cycle_head(object));
}

static inline void cycle_untrack(struct object *object, bool is_large)
{
    (void)is_large;
    list_remove(cycle_head(object));
    cycle_forget();
}

/* Calls for each container that an object holds. */
static inline __attribute__((always_inline)) void cycle_each_held(
    struct object *object, struct cycle_head *context,
    void (*visit)(struct cycle_head *held, struct cycle_head *context))
{
    size_t count;
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        struct object *held = ref_object(slots[i]);
        if (held != NULL && object_is_container(held)) {
            visit(cycle_head(held), context);
        }
    }
}

static inline void cycle_take_off(struct cycle_head *held,
                                  struct cycle_head *context)
{
    (void)context;
    if (held->copy > 0) { /* else it is not looked at, nor written */
        held->copy--;
    }
}

static inline void cycle_add_holder(struct object *object)
{
    struct cycle_head *head = cycle_head(object);
    if (head->copy >= 0) {
        head->copy++;
    }
}

/* What a living object holds lives: it is looked at later, or again. */
static inline void cycle_reach(struct cycle_head *held, struct cycle_head *set)
{
    if (held->copy == 0) {
        held->copy = 1;
    } else if (held->copy == CYCLE_TENTATIVE) {
        list_remove(held);
        list_append(set, held);
        held->copy = 1;
        cycle.garbage--;
    }
}

/* Leaves in the set what lives, and moves to `garbage` what does not. */
static void cycle_divide(struct cycle_head *set, struct cycle_head *garbage)
{
    struct cycle_head *head = set->next;
    while (head != set) {
        struct cycle_head *next = head->next;
        if (head->copy != 0) {
            cycle_each_held(cycle_object(head), set, cycle_reach);
            head->copy = CYCLE_REACHABLE;
            next = head->next; /* the last may have got a successor */
        } else {
            list_remove(head);
            list_append(garbage, head);
            head->copy = CYCLE_TENTATIVE;
            cycle.garbage++;
        }
        head = next;
    }
}

/* Frees garbage.  What other garbage still holds goes back to the set until
 * that lets go of it, too. */
static void cycle_free(struct cycle_head *garbage, struct cycle_head *set)
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

static uint64_t cycle_collect_to(unsigned generation)
{
    struct cycle_head *set = &cycle_lists[generation];
    struct cycle_head garbage;
    uint64_t looked_at = 0;
    list_begin(&garbage);
    for (unsigned i = 0; i < generation; i++) {
        list_splice(set, &cycle_lists[i]);
    }
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        head->copy = (int64_t)count_load(cycle_object(head));
        looked_at++;
    }
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        cycle_each_held(cycle_object(head), NULL, cycle_take_off);
    }
    cycle_each_uncounted(cycle_add_holder);
    cycle_divide(set, &garbage);
    uint64_t garbage_before = cycle.garbage;
    phase_enter(PHASE_SWEEP);
    cycle_free(&garbage, set);
    cycle.looked_at += looked_at;
    if (generation < CYCLE_OLDEST) {
        list_splice(&cycle_lists[generation + 1], set);
    }
    return looked_at - (cycle.garbage - garbage_before);
}

static void cycle_open(void)
{
    cycle_begin();
    region_open(&cycle_region, "generations", "links", PAGE_BYTES);
    region_commit(&cycle_region, PAGE_BYTES);
    cycle_lists = (struct cycle_head *)cycle_region.start;
    for (unsigned i = 0; i < CYCLE_LISTS; i++) {
        list_begin(&cycle_lists[i]);
    }
}

static void cycle_close(void)
{
    region_close(&cycle_region);
}

static void cycle_each_region(region_visitor *visit, void *context)
{
    visit(&cycle_region, context);
}

/* The object in a cell or run.  A container's begins with a link, to another
 * one or to a list; an atom's with its count, which no memory holds. */
static inline struct object *cell_object(char *cell, bool is_large)
{
    const void *first = *(void **)cell;
    bool is_container = region_holds(&heap.small.region, first) ||
                        region_holds(&heap.large.region, first) ||
                        region_holds(&cycle_region, first);
    return (struct object *)(cell + bytes_before(is_container, is_large));
}

static inline void cycle_extent(const struct object *object,
                                extent_visitor *visit, void *context)
{
    if (object_is_container(object)) {
        const struct cycle_head *head = cycle_head(object);
        visit(head, 2 * sizeof head->next, "links", context);
        visit(&head->copy, sizeof head->copy, "count-copy", context);
    }
}

static const void *cycle_mark_of(const struct object *object)
{
    return object_is_container(object) ? &cycle_head(object)->copy : NULL;
}

#endif
