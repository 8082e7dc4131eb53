/* cycle-list.h: generations as doubly linked lists through the containers.
 *
 * A collection writes the copy of the count in every object that it looks at,
 * and links in many, even when nothing dies.  A container that dies writes its
 * two neighbours in the list. */
#ifndef HEAP_CYCLE_LIST_H
#define HEAP_CYCLE_LIST_H

/* What cycle.partition_steps counts: containers moved between lists one by
 * one. */
#define CYCLE_PARTITION_STEPS "list_moves"

#include "heap/cycle-head.h"

#define CYCLE_METADATA CYCLE_HEAD_METADATA("containers")

static inline size_t cycle_bytes(bool is_container, bool is_large)
{
    (void)is_large;
    return is_container ? sizeof(struct cycle_head) : 0;
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

static inline void cycle_take_off(struct object *object, void *context)
{
    (void)context;
    if (object_is_container(object) && cycle_head(object)->copy > 0) {
        cycle_head(object)->copy--; /* else it is not looked at, nor written */
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
static inline void cycle_reach(struct object *object, void *set)
{
    struct cycle_head *held = cycle_head(object);
    if (!object_is_container(object)) {
        return;
    }
    if (held->copy == 0) {
        held->copy = 1;
    } else if (held->copy == CYCLE_TENTATIVE) {
        list_remove(held);
        list_append(set, held);
        held->copy = 1;
        cycle.garbage--;
        cycle.partition_steps++;
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
            cycle.partition_steps++;
        }
        head = next;
    }
}

/* Puts the younger generations' objects, too, in the set. */
static void cycle_gather(struct cycle_head *set, unsigned generation)
{
    uint64_t start = clock_now();
    for (unsigned i = 0; i < generation; i++) {
        list_splice(set, &cycle_lists[i]);
    }
    cycle.partition_ns += clock_now() - start;
}

static void cycle_promote(struct cycle_head *set, unsigned generation)
{
    uint64_t start = clock_now();
    if (generation < CYCLE_OLDEST) {
        list_splice(&cycle_lists[generation + 1], set);
    }
    cycle.partition_ns += clock_now() - start;
}

static uint64_t cycle_collect_to(unsigned generation)
{
    struct cycle_head *set = &cycle_lists[generation];
    struct cycle_head garbage;
    uint64_t looked_at = 0;
    uint64_t garbage_before = cycle.garbage;
    list_begin(&garbage);
    cycle_gather(set, generation);
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        head->copy = cycle_holders(cycle_object(head));
        looked_at++;
    }
    for (struct cycle_head *head = set->next; head != set; head = head->next) {
        cycle_each_held(cycle_object(head), NULL, cycle_take_off);
    }
    cycle_each_uncounted(cycle_add_holder);
    cycle_divide(set, &garbage);
    phase_enter(PHASE_SWEEP);
    list_free(&garbage, set);
    cycle_promote(set, generation);
    cycle.looked_at += looked_at;
    return looked_at - (cycle.garbage - garbage_before);
}

static void cycle_open(void)
{
    cycle_begin();
    lists_open();
}

static void cycle_close(void)
{
    lists_close();
}

static void cycle_each_region(region_visitor *visit, void *context)
{
    visit(&cycle_region, context);
}

static inline struct object *cell_object(char *cell, bool is_large)
{
    return (struct object *)(cell + bytes_before(head_begins(cell), is_large));
}

static inline void cycle_extent(const struct object *object,
                                extent_visitor *visit, void *context)
{
    if (object_is_container(object)) {
        head_extent(object, visit, context);
    }
}

static const void *cycle_mark_of(const struct object *object)
{
    return object_is_container(object) ? &cycle_head(object)->copy : NULL;
}

#endif
