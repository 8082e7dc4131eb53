/* verify.h: the heap checked after a full collection.
 *
 * Everything that can be reached from the roots must be an object that the
 * collector knows: each reference on the way is null or names the start of an
 * extent that it calls an object.  Generic over each_extent and ref_object. */
#ifndef HEAP_VERIFY_H
#define HEAP_VERIFY_H

#include "collectors/collector.h"
#include "heap/frame.h"

#include <stdio.h>
#include <stdlib.h>

struct verifier {
    uintptr_t *starts;  /* open addressing; 0: empty.  Bit 0: was reached */
    size_t mask, count; /* slots - 1, and how many are filled */
    struct object **stack;
    size_t depth;
    char message[160];
};

static struct verifier verifier;

/* The slot of an object's start, or the empty one where it would be. */
static uintptr_t *verify_slot(const void *start)
{
    size_t slot =
        (uintptr_t)start / OBJECT_GRANULE * UINT64_C(0x9e3779b97f4a7c15) >> 20;
    while (verifier.starts[slot & verifier.mask] != 0 &&
           (verifier.starts[slot & verifier.mask] & ~(uintptr_t)1) !=
               (uintptr_t)start) {
        slot++;
    }
    return &verifier.starts[slot & verifier.mask];
}

static void verify_count(const void *start, size_t bytes, const char *what,
                         void *context)
{
    (void)start;
    (void)bytes;
    (void)context;
    verifier.count += strcmp(what, EXTENT_OBJECT) == 0;
}

static void verify_enter(const void *start, size_t bytes, const char *what,
                         void *context)
{
    (void)bytes;
    (void)context;
    if (strcmp(what, EXTENT_OBJECT) == 0) {
        *verify_slot(start) = (uintptr_t)start;
    }
}

/* Returns whether the reference is good. */
static bool verify_reference(const void *from, ref reference)
{
    struct object *object = ref_object(reference);
    if (object == NULL) {
        return true;
    }
    uintptr_t *slot = verify_slot(object);
    if (*slot == 0) {
        snprintf(verifier.message, sizeof verifier.message,
                 "%s %p refers to %p, which is no live object",
                 from ? "object" : "the root", from, (const void *)object);
        return false;
    }
    if (!(*slot & 1)) {
        *slot |= 1;
        verifier.stack[verifier.depth++] = object;
    }
    return true;
}

static bool verify_from_roots(void)
{
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            if (!verify_reference(NULL, frame->roots[i].reference)) {
                return false;
            }
        }
    }
    while (verifier.depth > 0) {
        struct object *object = verifier.stack[--verifier.depth];
        size_t count;
        const ref *references = object_references(object, &count);
        for (size_t i = 0; i < count; i++) {
            if (!verify_reference(object, references[i])) {
                return false;
            }
        }
    }
    return true;
}

static const char *heap_verify(void)
{
    verifier.count = verifier.depth = 0;
    collector.each_extent(verify_count, NULL);
    verifier.mask = 1023;
    while (verifier.mask < 2 * verifier.count) {
        verifier.mask = 2 * verifier.mask + 1;
    }
    verifier.starts = calloc(verifier.mask + 1, sizeof *verifier.starts);
    verifier.stack = calloc(verifier.count + 1, sizeof *verifier.stack);
    const char *wrong = "no memory to verify in";
    if (verifier.starts != NULL && verifier.stack != NULL) {
        collector.each_extent(verify_enter, NULL);
        wrong = verify_from_roots() ? NULL : verifier.message;
    }
    free(verifier.starts);
    free(verifier.stack);
    return wrong;
}

#endif
