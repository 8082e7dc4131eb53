/* count-verify.h: every count checked against the references that there are.
 *
 * An object's count must be the number of references to it in all objects, dead
 * ones in cycles too, and in the frames, where these are counted. */
#ifndef HEAP_COUNT_VERIFY_H
#define HEAP_COUNT_VERIFY_H

#include "heap/counted-heap.h"
#include "heap/verify.h"

static struct {
    uint32_t *seen; /* references, for each granule of the heap */
    bool is_comparing;
    char message[160];
} count_verifier;

static uint32_t *count_seen(const struct object *object)
{
    size_t offset = (size_t)((const char *)object - heap.objects.start);
    return &count_verifier.seen[offset / OBJECT_GRANULE];
}

static void count_compare(const struct object *object)
{
    if (count_is_exact(object) && count_verifier.message[0] == '\0' &&
        count_load(object) != *count_seen(object)) {
        snprintf(count_verifier.message, sizeof count_verifier.message,
                 "object %p has the count %llu and %u references",
                 (const void *)object, (unsigned long long)count_load(object),
                 *count_seen(object));
    }
}

static void count_visit(const void *start, size_t bytes, const char *what,
                        void *context)
{
    struct object *object = (struct object *)start;
    size_t count;
    (void)bytes;
    (void)context;
    if (strcmp(what, EXTENT_OBJECT) != 0) {
        return;
    }
    if (count_verifier.is_comparing) {
        count_compare(object);
        return;
    }
    const ref *slots = object_references(object, &count);
    for (size_t i = 0; i < count; i++) {
        if (!ref_is_null(slots[i])) {
            ++*count_seen(ref_object(slots[i]));
        }
    }
}

static void count_visit_frames(void)
{
    for (const struct frame *frame = frame_top; frame; frame = frame->caller) {
        for (size_t i = 0; i < frame->count; i++) {
            if (!ref_is_null(frame->roots[i].reference)) {
                ++*count_seen(ref_object(frame->roots[i].reference));
            }
        }
    }
}

static const char *count_verify(void)
{
    const char *wrong = heap_verify();
    if (wrong != NULL) {
        return wrong;
    }
    size_t granules = heap.objects.reserved / OBJECT_GRANULE;
    struct region table; /* reserved, and touched where objects are */
    region_open(&table, "verified", "count", granules * sizeof(uint32_t));
    region_commit(&table, table.reserved);
    count_verifier.seen = (uint32_t *)table.start;
    count_verifier.message[0] = '\0';
    count_verifier.is_comparing = false;
    collector.each_extent(count_visit, NULL);
    if (LOCALS_ARE_COUNTED) {
        count_visit_frames();
    }
    count_verifier.is_comparing = true;
    collector.each_extent(count_visit, NULL);
    region_close(&table);
    return count_verifier.message[0] != '\0' ? count_verifier.message : NULL;
}

#endif
