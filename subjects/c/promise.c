/* promise.c: see promise.h.
 *
 * A child keeps a copy of the pages that it inherited, does one step of a
 * worker's life, and compares.  A changed byte is explained when a declared row
 * fits both the place (a header, a reference, a free cell, a side table) and
 * the change.  A page that became the child's own though none of its bytes
 * differs was written and restored; it must hold a place where a declared row
 * writes. */
#include "subjects/c/promise.h"

#include "subjects/c/describe-address.h"
#include "subjects/c/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS_MOST  32
#define SAID_MOST  20 /* undeclared places that are named */
#define WORD_BYTES sizeof(uint64_t)

/* The steps of two children; what they do first is become workers. */
enum step { STEP_AFTER_FORK, STEP_MINOR, STEP_FULL, STEP_END };

static const char *const step_names[] = {"after-fork", "minor", "full"};

static const enum step lives[][5] = {
    {STEP_AFTER_FORK, STEP_MINOR, STEP_MINOR, STEP_FULL, STEP_END},
    {STEP_AFTER_FORK, STEP_FULL, STEP_FULL, STEP_MINOR, STEP_END},
};

/* What one step did. */
static struct {
    const char *step;
    struct snapshot before;
    struct extents was, is; /* what lay where, and what lies there now */
    uint64_t broken_pages, given_back_pages, restored_pages;
    uint64_t row_bytes[ROWS_MOST]; /* changed bytes that a row explains */
    uint64_t undeclared;
} diff;

/* A byte of a region of objects that has changed. */
struct change {
    uintptr_t address;
    unsigned char old_byte, new_byte;
    uint64_t new_word;              /* the aligned word around it, now */
    const struct extent *was, *now; /* NULL: nothing that can be visited */
};

static bool is_live(const struct extent *extent)
{
    return extent_is(extent, EXTENT_OBJECT) || extent_is(extent, EXTENT_BUFFER);
}

static bool in_first_word(const struct extent *extent, uintptr_t address)
{
    return extent != NULL && address - extent->start < WORD_BYTES;
}

static bool in_references(const struct extent *extent, uintptr_t address)
{
    size_t begin;
    if (!is_live(extent)) {
        return false;
    }
    size_t end = extent_references(extent, &begin);
    return address - extent->start >= begin && address - extent->start < end;
}

/* An object or a buffer that is where it was. */
static bool stayed(const struct change *change)
{
    return is_live(change->was) && is_live(change->now) &&
           change->was->start == change->now->start;
}

static bool may_be_forwarding(const struct change *change)
{
    return (change->new_word & HEADER_FORWARDED) != 0 &&
           (in_first_word(change->was, change->address) ||
            in_first_word(change->now, change->address));
}

/* The end of a chain, or another cell. */
static bool may_be_free_link(const struct change *change)
{
    return !is_live(change->now) && change->new_word % OBJECT_GRANULE == 0 &&
           (in_first_word(change->was, change->address) ||
            in_first_word(change->now, change->address));
}

static bool may_be_zero(const struct change *change)
{
    return !is_live(change->now) && change->new_byte == 0;
}

static bool may_be_reference(const struct change *change)
{
    return stayed(change) && in_references(change->was, change->address);
}

/* Something was moved to here or away, or to here and has died since: then
 * nothing that can be visited may lie here before and after.  Against an object
 * nothing can be said in a collector that moves objects. */
static bool may_be_object(const struct change *change)
{
    return !stayed(change) || extent_is(change->now, EXTENT_OBJECT);
}

static const struct {
    const char *kind, *placement; /* NULL: any */
    bool (*may_be)(const struct change *change);
} explanations[] = {
    {"zero", "body", may_be_zero},
    {"free-link", "body", may_be_free_link},
    {"forwarding", NULL, may_be_forwarding},
    {"reference", "body", may_be_reference},
    {"object", "body", may_be_object},
};

static const struct {
    const char *kind;
    unsigned char bits;
} flags[] = {
    {"mark", HEADER_MARKED},
    {"forwarding", HEADER_FORWARDED},
    {"remembered-flag", HEADER_TRACKED},
    {"age", HEADER_AGE},
    {"zero-count-flag", HEADER_ZERO_COUNT},
};

/* The number of the row that declares a kind, or -1. */
static int declared(const char *kind, const char *placement)
{
    for (size_t i = 0; i < collector.metadata_count && i < ROWS_MOST; i++) {
        const struct metadata *row = &collector.metadata[i];
        if (strcmp(row->kind, kind) == 0 &&
            (placement == NULL || strcmp(row->placement, placement) == 0)) {
            return (int)i;
        }
    }
    return -1;
}

/* The row of the flags that changed in the header of an object that stayed, or
 * -1: something else changed too, or one of them is not declared. */
static int explain_flags(const struct change *change)
{
    unsigned char bits = change->old_byte ^ change->new_byte;
    int row = -1;
    if (!stayed(change) || !extent_is(change->was, EXTENT_OBJECT) ||
        change->address != change->was->start) {
        return -1;
    }
    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (bits & flags[i].bits) {
            row = declared(flags[i].kind, "header");
            if (row < 0) {
                return -1;
            }
            bits &= (unsigned char)~flags[i].bits;
        }
    }
    return bits == 0 ? row : -1;
}

/* The row that explains a changed byte of a region of objects, or -1. */
static int explain(const struct change *change)
{
    const struct extent *metadata =
        extent_is_metadata(change->now) ? change->now : change->was;
    if (extent_is_metadata(metadata)) {
        struct address_description place =
            describe_address(&diff.is, change->address);
        return declared(metadata->what,
                        metadata == change->now ? place.placement : NULL);
    }
    int row = explain_flags(change);
    for (size_t i = 0; row < 0 && i < LENGTH(explanations); i++) {
        if (explanations[i].may_be(change)) {
            row = declared(explanations[i].kind, explanations[i].placement);
        }
    }
    return row;
}

static void say(const struct region *region, uintptr_t address,
                const char *what)
{
    struct address_description was = describe_address(&diff.was, address);
    struct address_description is = describe_address(&diff.is, address);
    if (diff.undeclared++ < SAID_MOST) {
        fprintf(stderr,
                "promise: %s: step %s, region '%s', address %" PRIxPTR
                ": %s; there lay %s:%s, there lies %s:%s, and no such row of "
                "metadata is declared\n",
                collector.name, diff.step, region->name, address, what,
                was.kind, was.placement, is.kind, is.placement);
    }
}

static void count_change(const struct region *region, uintptr_t address,
                         unsigned char old_byte, unsigned char new_byte,
                         uint64_t new_word)
{
    struct change change = {address, old_byte, new_byte, new_word, NULL, NULL};
    int row;
    if (region_is_side(region)) {
        row = declared(region->holds, "side");
    } else {
        change.was = extents_find(&diff.was, address);
        change.now = extents_find(&diff.is, address);
        row = explain(&change);
    }
    if (row >= 0) {
        diff.row_bytes[row]++;
    } else {
        char what[64];
        snprintf(what, sizeof what, "byte %02x became %02x", old_byte,
                 new_byte);
        say(region, address, what);
    }
}

/* Whether a declared row writes into an extent between two addresses in a way
 * that need not show: what is zero already is cleared, say. */
static bool writes_in(const struct extent *extent, uintptr_t from, uintptr_t to)
{
    size_t begin;
    size_t end = extent_references(extent, &begin);
    const struct extent *now = extents_find(&diff.is, extent->start);
    if (extent_is_metadata(extent)) {
        return declared(extent->what, NULL) >= 0;
    }
    if (!is_live(extent) || !is_live(now)) {
        return declared("free-link", "body") >= 0 ||
               declared("zero", "body") >= 0;
    }
    if (declared("object", "body") >= 0) {
        return true;
    }
    if (extent->start + begin < to && extent->start + end > from &&
        begin < end && declared("reference", "body") >= 0) {
        return true;
    }
    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (extent_is(extent, EXTENT_OBJECT) && extent->start >= from &&
            declared(flags[i].kind, "header") >= 0) {
            return true;
        }
    }
    return false;
}

/* Whether a page may have been written though no byte of it differs. */
static bool may_be_restored(const struct extents *extents, uintptr_t page)
{
    uintptr_t end = page + PAGE_BYTES;
    for (uintptr_t at = page; at < end; at += OBJECT_GRANULE) {
        const struct extent *extent = extents_find(extents, at);
        if (extent != NULL && writes_in(extent, page, end)) {
            return true;
        }
    }
    return false;
}

static void compare_page(const struct region *region, uintptr_t page,
                         const unsigned char *old, bool broken_now)
{
    union {
        unsigned char bytes[PAGE_BYTES];
        uint64_t words[PAGE_BYTES / WORD_BYTES];
    } now;
    memory_read(page, PAGE_BYTES, now.bytes);
    if (memcmp(old, now.bytes, PAGE_BYTES) != 0) {
        for (size_t i = 0; i < PAGE_BYTES; i++) {
            if (old[i] != now.bytes[i]) {
                count_change(region, page + i, old[i], now.bytes[i],
                             now.words[i / WORD_BYTES]);
            }
        }
    } else if (broken_now) {
        diff.restored_pages++;
        bool may_be = region_is_side(region)
                          ? declared(region->holds, "side") >= 0
                          : may_be_restored(&diff.was, page) ||
                                may_be_restored(&diff.is, page);
        if (!may_be) {
            say(region, page, "the page was written, and no byte differs");
        }
    }
}

static void compare_region(const struct snapshot_region *before)
{
    const struct region *region = &before->region;
    for (size_t i = 0; i < before->pages; i++) {
        uintptr_t page = (uintptr_t)region->start + i * PAGE_BYTES;
        uint64_t entry;
        if (!page_is_there(before->entries[i])) {
            continue; /* not inherited */
        }
        pagemap_read(page, 1, &entry);
        if (page_is_private(entry)) {
            bool broken_now = !page_is_private(before->entries[i]);
            diff.broken_pages += broken_now;
            compare_page(region, page, before->bytes + i * PAGE_BYTES,
                         broken_now);
        } else {
            diff.given_back_pages += !page_is_there(entry);
        }
    }
}

static void print_step(uint64_t own_pages)
{
    printf("%s broken_pages=%" PRIu64 " restored_pages=%" PRIu64
           " given_back_pages=%" PRIu64 " own_pages=%" PRIu64,
           diff.step, diff.broken_pages, diff.restored_pages,
           diff.given_back_pages, own_pages);
    for (size_t i = 0; i < collector.metadata_count && i < ROWS_MOST; i++) {
        if (diff.row_bytes[i] > 0) {
            printf(" %s:%s=%" PRIu64, collector.metadata[i].kind,
                   collector.metadata[i].placement, diff.row_bytes[i]);
        }
    }
    printf(" undeclared=%" PRIu64 "\n", diff.undeclared);
}

static void take_step(enum step step)
{
    if (step == STEP_AFTER_FORK) {
        collector.after_fork(0);
    } else {
        collector.collect(step == STEP_FULL ? COLLECTION_FULL
                                            : COLLECTION_MINOR,
                          COLLECTION_ASKED);
    }
}

/* A child's life.  Returns its exit status. */
static int live(const enum step *steps)
{
    uint64_t undeclared = 0;
    for (; *steps != STEP_END; steps++) {
        memset(&diff, 0, sizeof diff);
        diff.step = step_names[*steps];
        extents_open(&diff.was);
        snapshot_open(&diff.before);
        take_step(*steps);
        uint64_t own_pages = snapshot_own_pages(&diff.before);
        extents_open(&diff.is);
        for (size_t i = 0; i < diff.before.count; i++) {
            compare_region(&diff.before.regions[i]);
        }
        print_step(own_pages - diff.before.own_pages);
        undeclared += diff.undeclared;
        extents_close(&diff.was);
        extents_close(&diff.is);
        snapshot_close(&diff.before);
    }
    return undeclared == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int promise_check(void)
{
    int result = EXIT_SUCCESS;
    const char *why = snapshot_possible();
    if (why != NULL) {
        printf("skipped: %s\n", why);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < LENGTH(lives); i++) {
        int status = 0;
        fflush(stdout);
        collector.before_fork();
        pid_t child = fork();
        if (child == 0) {
            exit(live(lives[i]));
        }
        if (child < 0 || waitpid(child, &status, 0) != child) {
            perror("promise: fork");
            return EXIT_FAILURE;
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
            fprintf(stderr, "promise: child %zu ended with status %d\n", i,
                    status);
            result = EXIT_FAILURE;
        }
    }
    return result;
}
