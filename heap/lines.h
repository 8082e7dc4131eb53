/* lines.h: a space of blocks that are cut into lines, for a mark-region
 * collector.
 *
 * Immix (Blackburn and McKinley, PLDI 2008): objects lie anywhere in a block
 * and across its lines; the marking marks the lines that they lie on, and
 * allocation bumps through the holes between marked lines, which it finds by
 * looking at the lines' bytes.  No free memory is linked, and nothing is
 * written into it before it is allocated.  Of an object no longer than a line
 * only the first line is marked; the line behind a marked one counts as used if
 * it ever was.  An object longer than a line that does not fit the hole at hand
 * goes to an empty block (overflow allocation).
 *
 * All that is known lies beside the space: a byte for each line, and a bit for
 * each granule where an object starts and where a marked one does (MMTk's VO
 * bits and marks; Whippet has both in a byte).
 *
 * Departs from Immix: no defragmentation; holes are taken in address order,
 * those of empty blocks among them, where Immix takes partly used blocks
 * first. */
#ifndef HEAP_LINES_H
#define HEAP_LINES_H

#include "heap/bits.h"
#include "heap/extents.h"
#include "heap/heap.h"

enum { LINE_BYTES_128, LINE_BYTES_256, LINE_BYTES_512 };
enum line { LINE_FREE, LINE_USED, LINE_MARKED };

static int64_t option_line = LINE_BYTES_256;

#define LINES_OPTION_LINE                                                      \
    {                                                                          \
        "line", &option_line, 0, 2, "128|256|512", "bytes",                    \
            "size of a line, the unit in which memory is found free"           \
    }

#define LINES_OPTION_BLOCK                                                     \
    {                                                                          \
        "block", &option_block, 0, 4, "4096|8192|16384|32768|65536", "bytes",  \
            "size of a block of lines; larger objects than an eighth of it "   \
            "get pages of their own"                                           \
    }

/* A hole, or what is left of it. */
struct hole {
    char *next, *end;
    bool fresh; /* its block was never used before */
};

static struct {
    struct region region;
    struct region bytes;  /* of enum line, a byte a line */
    struct region starts; /* a bit a granule */
    struct region marks;  /* likewise */
    size_t block_bytes, line_bytes;
    size_t line_count;    /* of all blocks */
    size_t sealed;        /* lines below are not allocated */
    size_t cursor;        /* line where the search for holes goes on */
    size_t empty;         /* line where that for empty blocks goes on */
    struct hole hole;     /* where small objects go */
    struct hole overflow; /* where longer ones go that do not fit there */
    uint64_t freed_objects;
} lines;

static void lines_open(const char *name)
{
    memset(&lines, 0, sizeof lines);
    region_open(&lines.region, name, REGION_OBJECTS, (size_t)option_reserve);
    lines.block_bytes = (size_t)1 << (BLOCK_LEAST_LOG2 + option_block);
    lines.line_bytes = (size_t)128 << option_line;
    region_open(&lines.bytes, "lines", "line",
                lines.region.reserved / lines.line_bytes);
    region_open(&lines.starts, "starts", "start",
                lines.region.reserved / OBJECT_GRANULE / 8);
    region_open(&lines.marks, "marks", "mark",
                lines.region.reserved / OBJECT_GRANULE / 8);
    region_commit(&lines.bytes, lines.bytes.reserved);
    region_commit(&lines.starts, lines.starts.reserved);
    region_commit(&lines.marks, lines.marks.reserved);
}

static void lines_close(void)
{
    region_close(&lines.region);
    region_close(&lines.bytes);
    region_close(&lines.starts);
    region_close(&lines.marks);
}

static void lines_each_region(region_visitor *visit, void *context)
{
    visit(&lines.region, context);
    visit(&lines.bytes, context);
    visit(&lines.starts, context);
    visit(&lines.marks, context);
}

static inline bool lines_hold(const void *address)
{
    return (uintptr_t)address - (uintptr_t)lines.region.start <
           lines.region.reserved;
}

static inline unsigned char *line_byte(size_t line)
{
    return (unsigned char *)lines.bytes.start + line;
}

static inline char *line_start(size_t line)
{
    return lines.region.start + line * lines.line_bytes;
}

static inline size_t line_of(const void *address)
{
    return (size_t)((const char *)address - lines.region.start) /
           lines.line_bytes;
}

static inline size_t lines_in_block(void)
{
    return lines.block_bytes / lines.line_bytes;
}

static inline uint64_t *lines_word(const struct region *bits,
                                   const void *address, uint64_t *bit)
{
    size_t granule =
        (size_t)((const char *)address - lines.region.start) / OBJECT_GRANULE;
    *bit = UINT64_C(1) << granule % 64;
    return (uint64_t *)bits->start + granule / 64;
}

static inline bool lines_is_marked(const struct object *object)
{
    uint64_t bit;
    const uint64_t *word = lines_word(&lines.marks, object, &bit);
    return *word & bit;
}

/* Marks the object and its lines; returns whether it was marked before. */
static inline bool lines_test_and_mark(const struct object *object)
{
    uint64_t bit;
    uint64_t *word = lines_word(&lines.marks, object, &bit);
    if (*word & bit) {
        return true;
    }
    *word |= bit;
    size_t bytes = object_bytes(object);
    size_t line = line_of(object);
    *line_byte(line) = LINE_MARKED;
    if (bytes > lines.line_bytes) {
        size_t last = line_of((const char *)object + bytes - 1);
        memset(line_byte(line), LINE_MARKED, last - line + 1);
    }
    return false;
}

/* Room for an object in a hole, or NULL. */
static inline void *hole_bump(struct hole *hole, size_t bytes)
{
    uint64_t bit;
    char *taken = hole->next;
    if (__builtin_expect((size_t)(hole->end - taken) < bytes, 0)) {
        return NULL;
    }
    hole->next = taken + bytes;
    uint64_t *word = lines_word(&lines.starts, taken, &bit);
    *word |= bit;
    return taken;
}

/* Takes free lines as a hole.  Returns its bytes. */
static size_t hole_take(struct hole *hole, size_t first, size_t count)
{
    memset(line_byte(first), LINE_USED, count);
    *hole = (struct hole){line_start(first), line_start(first + count), false};
    return count * lines.line_bytes;
}

/* Makes whole lines of a hole free again that nothing was allocated on. */
static void hole_return(struct hole *hole)
{
    if (hole->next < hole->end) {
        size_t first = line_of(hole->next + lines.line_bytes - 1);
        memset(line_byte(first), LINE_FREE, line_of(hole->end) - first);
    }
    *hole = (struct hole){NULL, NULL, false};
}

/* Whether there was room for another block; it is the hole then. */
static bool lines_grow(struct hole *hole)
{
    size_t bytes = lines.line_count * lines.line_bytes + lines.block_bytes;
    if (bytes > lines.region.reserved) {
        return false;
    }
    region_commit(&lines.region, bytes);
    heap.handed_out += hole_take(hole, lines.line_count, lines_in_block());
    hole->fresh = true;
    lines.line_count += lines_in_block();
    return true;
}

/* The first line from `line` on, below `end`, that is free or is not. */
static size_t lines_skip(size_t line, size_t end, bool free)
{
    while (line < end && (*line_byte(line) == LINE_FREE) != free) {
        line++;
    }
    return line;
}

/* Finds the next hole in the blocks that there are, or the next empty block,
 * if one is asked for.  Returns whether there was one. */
static bool lines_search(struct hole *hole, bool empty)
{
    size_t in_block = lines_in_block();
    size_t *cursor = empty ? &lines.empty : &lines.cursor;
    while (*cursor < lines.line_count) {
        size_t block_end = (*cursor / in_block + 1) * in_block;
        size_t first = lines_skip(*cursor, block_end, true);
        size_t end = lines_skip(first, block_end, false);
        *cursor = empty ? block_end : end;
        if (first < end && (!empty || end - first == in_block)) {
            heap.handed_out += hole_take(hole, first, end - first);
            return true;
        }
    }
    return false;
}

static __attribute__((noinline)) void *lines_take_slow(size_t bytes)
{
    bool longer = bytes > lines.line_bytes;
    struct hole *hole = longer ? &lines.overflow : &lines.hole;
    if (heap.handed_out > heap.budget) {
        heap_exhausted();
    }
    void *taken = hole_bump(hole, bytes);
    if (taken == NULL && !lines_search(hole, longer) && !lines_grow(hole)) {
        heap_exhausted();
        if (!lines_search(hole, longer) && !lines_grow(hole)) {
            region_commit(&lines.region, lines.region.reserved + 1);
        }
    }
    return taken != NULL ? taken : hole_bump(hole, bytes);
}

/* Room for an object of at most an eighth of a block; may collect. */
static inline void *lines_take(size_t bytes)
{
    bytes = (bytes + OBJECT_GRANULE - 1) / OBJECT_GRANULE * OBJECT_GRANULE;
    void *taken = hole_bump(&lines.hole, bytes);
    return __builtin_expect(taken != NULL, 1) ? taken : lines_take_slow(bytes);
}

/* Bytes of the bitmaps that are in use. */
static size_t lines_bitmap_bytes(void)
{
    return lines.line_count * lines.line_bytes / OBJECT_GRANULE / 8;
}

/* Before the marking. */
static void lines_begin(void)
{
    hole_return(&lines.hole);
    hole_return(&lines.overflow);
    memset(lines.marks.start, 0, lines_bitmap_bytes());
}

/* Forgets where dead objects started. */
static void lines_sweep_starts(void)
{
    uint64_t *starts = (uint64_t *)lines.starts.start;
    const uint64_t *marks = (const uint64_t *)lines.marks.start;
    for (size_t i = lines_bitmap_bytes() / sizeof *starts; i-- > 0;) {
        uint64_t dead = starts[i] & ~marks[i];
        if (dead != 0) {
            starts[i] = marks[i];
            lines.freed_objects += bits_set(dead);
        }
    }
}

/* After the marking: tells the free lines.  Returns the bytes of the others. */
static size_t lines_sweep(void)
{
    size_t used = 0;
    bool marked = false; /* the line before */
    lines_sweep_starts();
    for (size_t line = 0; line < lines.line_count; line++) {
        unsigned char *byte = line_byte(line);
        bool behind = marked && line % lines_in_block() != 0;
        marked = *byte == LINE_MARKED;
        if (marked || (behind && *byte == LINE_USED)) {
            *byte = LINE_USED;
            used++;
        } else if (*byte == LINE_USED) {
            *byte = LINE_FREE;
            if (option_zero == ZERO_SWEEP && line >= lines.sealed) {
                memset(line_start(line), 0, lines.line_bytes);
            }
        }
    }
    lines.cursor = lines.empty = lines.sealed;
    return used * lines.line_bytes;
}

/* From here on only blocks that are not there yet are allocated in. */
static void lines_seal(void)
{
    hole_return(&lines.hole);
    hole_return(&lines.overflow);
    lines.cursor = lines.empty = lines.sealed = lines.line_count;
}

static void lines_visit_hole(const struct hole *hole, extent_visitor *visit,
                             void *context)
{
    if (hole->next < hole->end && !hole->fresh) {
        visit(hole->next, (size_t)(hole->end - hole->next), EXTENT_FREE,
              context);
    }
}

static void lines_each_extent(extent_visitor *visit, void *context)
{
    const uint64_t *starts = (const uint64_t *)lines.starts.start;
    for (size_t i = 0; i < lines_bitmap_bytes() / sizeof *starts; i++) {
        for (uint64_t word = starts[i]; word != 0; word &= word - 1) {
            size_t granule = i * 64 + (size_t)__builtin_ctzll(word);
            extent_of_object((struct object *)(lines.region.start +
                                               granule * OBJECT_GRANULE),
                             visit, context);
        }
    }
    for (size_t line = lines.sealed; line < lines.line_count;) {
        size_t first = lines_skip(line, lines.line_count, true);
        line = lines_skip(first, lines.line_count, false);
        if (first < line) {
            visit(line_start(first), (line - first) * lines.line_bytes,
                  EXTENT_FREE, context);
        }
    }
    lines_visit_hole(&lines.hole, visit, context);
    lines_visit_hole(&lines.overflow, visit, context);
}

#endif
