/* old-stores.h: stores of young references into old objects of all kinds, of
 * which a minor collection in a worker must find every one, and no more.  It is
 * included after a member of the gencopy family and numbered.h. */
#ifndef TESTS_OLD_STORES_H
#define TESTS_OLD_STORES_H

#include "workloads/random.h"

#include <sys/wait.h>

enum { OLD_OBJECTS = 1200, STORES = 700, ROUNDS = 6 };

static struct root old_table[1];
static struct frame old_frame;

/* References of the object in that place, and bytes behind them that would not
 * pass for references. */
static size_t old_references(unsigned place)
{
    static const unsigned counts[] = {0, 1, 2, 3, 5, 8, 30, 61, 200, 900};
    return place % 97 == 0 ? 3000 : counts[place % LENGTH(counts)];
}

static bool old_is_buffered(unsigned place)
{
    return place % 3 == 0;
}

static ref old_object(unsigned place)
{
    return ref_load(root_load(old_table[0]), place);
}

static ref old_load(unsigned place, size_t index)
{
    return old_is_buffered(place) ? item_load(old_object(place), index)
                                  : ref_load(old_object(place), index);
}

static void old_store(unsigned place, size_t index, ref value)
{
    if (old_is_buffered(place)) {
        item_store(old_object(place), index, value);
    } else {
        ref_store(old_object(place), index, value);
    }
}

static void old_make(unsigned place)
{
    size_t count = old_references(place);
    ref made =
        old_is_buffered(place)
            ? object_new_buffered(1, count)
            : numbered_new((uint32_t)count,
                           HEADER_BYTES + 8 * count + 8 + place % 50, place);
    ref_store(root_load(old_table[0]), place, made);
}

/* Objects that lived through a full collection, among gaps. */
static void old_build(void)
{
    numbered_open();
    root_store(&old_table[0], numbered_new(OLD_OBJECTS, 16 * OLD_OBJECTS, 0));
    frame_push(&old_frame, old_table, 1);
    for (unsigned i = 0; i < 2 * OLD_OBJECTS; i++) {
        old_make(i % OLD_OBJECTS);
    }
    collect_full();
}

/* Stores to distinct slots, of young objects whose number is the slot's.
 * Returns how many. */
static unsigned old_store_some(struct random *random)
{
    unsigned stored = 0;
    for (unsigned i = 0; i < STORES; i++) {
        unsigned place = (unsigned)(random_next(random) % OLD_OBJECTS);
        size_t count = old_references(place);
        if (count > 0) {
            size_t index = random_next(random) % count;
            bool again = !ref_is_null(old_load(place, index));
            old_store(place, index, numbered_new(0, 40, place * 4000 + index));
            stored += !again;
        }
    }
    return stored;
}

/* Whether every slot is null or refers to its number; empties them all when
 * that is so, and counts. */
static bool old_slots_are_right(unsigned *filled)
{
    for (unsigned place = 0; place < OLD_OBJECTS; place++) {
        for (size_t i = 0; i < old_references(place); i++) {
            ref found = old_load(place, i);
            if (!ref_is_null(found)) {
                if (number_of(found) != place * 4000 + i) {
                    return false;
                }
                old_store(place, i, REF_NULL);
                ++*filled;
            }
        }
    }
    return true;
}

/* A worker's life; returns its exit status. */
static int old_store_in_worker(void)
{
    struct random random = {2018};
    collector.after_fork(0);
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned filled = 0;
        uint64_t before = minor.old_to_young_references;
        unsigned stored = old_store_some(&random);
        collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
        if (minor.old_to_young_references - before != stored ||
            !old_slots_are_right(&filled) || filled != stored) {
            fprintf(stderr, "round %u: %u stores, %llu found, %u there\n",
                    round, stored,
                    (unsigned long long)minor.old_to_young_references - before,
                    filled);
            return EXIT_FAILURE;
        }
        if (round == ROUNDS / 2) {
            collect_full();
        }
    }
    return EXIT_SUCCESS;
}

static void assert_every_store_is_found(void)
{
    int status;
    old_build();
    collector.before_fork();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(old_store_in_worker());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
    frame_pop(&old_frame);
    collector.close();
}

#endif
