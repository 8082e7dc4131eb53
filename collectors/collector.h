/* collector.h: what a collector is: contract 1 of the laboratory.
 *
 * A collector is one file.  It
 *
 *   1. includes the parts of heap/ that it is built from, and defines the few
 *      functions in which it differs from its neighbours;
 *   2. provides the mutator vocabulary (workloads/vocabulary.h) as static
 *      inline functions, most often by including heap/direct.h and
 *      heap/allocate.h;
 *   3. defines `const struct collector collector`, which says what it is, where
 *      its metadata lies, and its cold operations;
 *   4. ends with #include "workloads/all.h", so that allocation and barriers
 *      are inlined into every workload and no hot path goes through a pointer.
 *
 * collectors/null.c is the skeleton to copy.  The program is complete with the
 * C side of the subject protocol, subjects/c/. */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H

#include "heap/collection-log.h"
#include "heap/parameter.h"
#include "heap/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object;

typedef void region_visitor(const struct region *region, void *context);
typedef void number_visitor(const char *name, uint64_t value, void *context);

/* A stretch of a region of objects, and what lies there: one of the words
 * below, or the kind of metadata that is kept among the objects.  An extent of
 * an object is its own bytes, without what its cell has beyond them. */
typedef void extent_visitor(const void *start, size_t bytes, const char *what,
                            void *context);
#define EXTENT_OBJECT "object" /* starts with its header */
#define EXTENT_BUFFER "buffer" /* the references of a buffered object */
#define EXTENT_FREE   "free"   /* was used, and can be allocated again */

/* One row for each kind of metadata that the collector keeps.  After a fork,
 * the collector writes into inherited pages nothing but what stands here. */
struct metadata {
    const char *kind; /* mark, age, forwarding, free-link, ... (object.h) */
    const char *placement; /* header, body, page, side, reference, none */
    unsigned bits;         /* for each object, or for each `per_bytes` */
    unsigned per_bytes;    /* bytes of heap that the bits cover; 0: an object */
    const char *when;      /* when it is written */
};

/* A step that the template can be asked for before it is forked. */
struct prepare_step {
    const char *name;
    const char *meaning;
    void (*run)(void);
};

/* The cold operations: name, result, arguments, meaning.  None is ever NULL:
 * one that has nothing to do says so by its name (heap/nothing.h). */
#define COLLECTOR_OPERATIONS(X)                                                \
    X(open, void, (void), "make an empty heap; the options are set")           \
    X(close, void, (void), "give the heap's memory back")                      \
    X(collect, void, (enum collection_kind kind, enum collection_why why),     \
      "collect now, and log it")                                               \
    X(before_fork, void, (void),                                               \
      "called in the template before its pages are counted, and before each "  \
      "fork")                                                                  \
    X(after_fork, void, (unsigned worker), "called first in a new worker")     \
    X(request_begin, void, (void), "called before each request")               \
    X(request_end, void, (void), "called after each request")                  \
    X(each_region, void, (region_visitor * visit, void *context),              \
      "visit every region of the heap")                                        \
    X(each_extent, void, (extent_visitor * visit, void *context),              \
      "visit what lies in the regions of objects, each extent once, writing "  \
      "no byte of the heap")                                                   \
    X(mark_of, const void *, (const struct object *object),                    \
      "where the mark of an object lies, or NULL: it has no place of its own") \
    X(is_pinned, bool, (const struct object *object),                          \
      "whether compaction leaves the object where it is, and moves others")    \
    X(counters, void, (number_visitor * visit, void *context),                 \
      "visit the collector's own counters")                                    \
    X(verify, const char *, (void),                                            \
      "check the heap after a full collection: NULL, or what is wrong")

struct collector {
    const char *name;
    const char *about;      /* one sentence */
    const char *stands_for; /* the real system, or NULL */
    const struct metadata *metadata;
    size_t metadata_count;
    const struct parameter *options;
    size_t option_count;
    const struct prepare_step *prepare;
    size_t prepare_count;
#define COLLECTOR_MEMBER(name, result, arguments, meaning)                     \
    result(*name) arguments;
    COLLECTOR_OPERATIONS(COLLECTOR_MEMBER)
#undef COLLECTOR_MEMBER
};

extern const struct collector collector;

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* The members that hold data, for a file that calls its arrays so. */
#define COLLECTOR_DATA                                                         \
    .metadata = metadata, .metadata_count = LENGTH(metadata),                  \
    .options = options, .option_count = LENGTH(options), .prepare = prepare,   \
    .prepare_count = LENGTH(prepare)

#endif
