/* sharing.c: a byte for each page, in chunks of 2 MiB of addresses that a hash
 * table finds; and the page's frame, where frames are visible. */
#include "smaps/sharing.h"

#include "smaps/maps.h"
#include "smaps/pagemap.h"
#include "smaps/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_PAGES    512u
#define CHUNK_BYTES    ((uint64_t)CHUNK_PAGES * PAGEMAP_PAGE_SIZE)
#define FIRST_CAPACITY 64u /* a power of two */

struct chunk {
    uint64_t start;
    uint8_t states[CHUNK_PAGES];
    uint64_t *frames; /* NULL as long as none was seen */
};

struct sharing {
    struct chunk **chunks; /* a hash table, open addressing */
    size_t count, capacity;
};

/* ---- Chunks -------------------------------------------------------------- */

static struct chunk **find(struct chunk **chunks, size_t capacity,
                           uint64_t start)
{
    size_t mask = capacity - 1;
    size_t index =
        start / CHUNK_BYTES * UINT64_C(0x9e3779b97f4a7c15) >> 32 & mask;

    while (chunks[index] && chunks[index]->start != start)
        index = (index + 1) & mask;
    return &chunks[index];
}

static struct chunk *chunk_at(const struct sharing *sharing, uint64_t address)
{
    return *find(sharing->chunks, sharing->capacity,
                 address - address % CHUNK_BYTES);
}

static size_t index_of(uint64_t address)
{
    return address % CHUNK_BYTES / PAGEMAP_PAGE_SIZE;
}

static bool grow(struct sharing *sharing)
{
    size_t capacity = 2 * sharing->capacity;
    struct chunk **grown = calloc(capacity, sizeof *grown);

    if (!grown)
        return false;
    for (size_t i = 0; i < sharing->capacity; i++)
        if (sharing->chunks[i])
            *find(grown, capacity, sharing->chunks[i]->start) =
                sharing->chunks[i];
    free(sharing->chunks);
    sharing->chunks = grown;
    sharing->capacity = capacity;
    return true;
}

static void free_chunk(struct chunk *chunk)
{
    if (chunk)
        free(chunk->frames);
    free(chunk);
}

/* Puts a chunk in, which is the table's from then on. */
static bool insert(struct sharing *sharing, struct chunk *chunk)
{
    if (2 * sharing->count >= sharing->capacity && !grow(sharing)) {
        free_chunk(chunk);
        return false;
    }
    *find(sharing->chunks, sharing->capacity, chunk->start) = chunk;
    sharing->count++;
    return true;
}

static struct chunk *make_chunk(struct sharing *sharing, uint64_t address)
{
    struct chunk *chunk = chunk_at(sharing, address);

    if (chunk)
        return chunk;
    chunk = calloc(1, sizeof *chunk);
    if (!chunk)
        return NULL;
    chunk->start = address - address % CHUNK_BYTES;
    return insert(sharing, chunk) ? chunk : NULL;
}

struct sharing *sharing_new(void)
{
    struct sharing *sharing = calloc(1, sizeof *sharing);

    if (!sharing)
        return NULL;
    sharing->chunks = calloc(FIRST_CAPACITY, sizeof *sharing->chunks);
    sharing->capacity = FIRST_CAPACITY;
    if (sharing->chunks)
        return sharing;
    free(sharing);
    return NULL;
}

static void forget(struct sharing *sharing)
{
    for (size_t i = 0; i < sharing->capacity; i++) {
        free_chunk(sharing->chunks[i]);
        sharing->chunks[i] = NULL;
    }
    sharing->count = 0;
}

void sharing_free(struct sharing *sharing)
{
    if (!sharing)
        return;
    forget(sharing);
    free(sharing->chunks);
    free(sharing);
}

/* ---- States -------------------------------------------------------------- */

enum page_state sharing_state(const struct sharing *sharing, uint64_t address)
{
    const struct chunk *chunk = chunk_at(sharing, address);

    return chunk ? chunk->states[index_of(address)] : PAGE_UNKNOWN;
}

static uint64_t frame_at(const struct chunk *chunk, size_t index)
{
    return chunk && chunk->frames ? chunk->frames[index] : 0;
}

uint64_t sharing_frame(const struct sharing *sharing, uint64_t address)
{
    return frame_at(chunk_at(sharing, address), index_of(address));
}

static int set_frame(struct sharing *sharing, uint64_t address,
                     enum page_state state, uint64_t frame)
{
    struct chunk *chunk = make_chunk(sharing, address);

    if (!chunk)
        return -ENOMEM;
    chunk->states[index_of(address)] = state;
    if (!chunk->frames && frame != 0)
        chunk->frames = calloc(CHUNK_PAGES, sizeof *chunk->frames);
    if (chunk->frames)
        chunk->frames[index_of(address)] = frame;
    return 0;
}

static int set(struct sharing *sharing, uint64_t address, enum page_state state,
               uint64_t entry)
{
    return set_frame(sharing, address, state, pagemap_frame(entry));
}

int sharing_own(struct sharing *sharing, uint64_t address, uint64_t entry)
{
    return set(sharing, address, PAGE_OWN, entry);
}

static struct chunk *copy_chunk(const struct chunk *chunk)
{
    struct chunk *copy = malloc(sizeof *copy);

    if (!copy)
        return NULL;
    *copy = *chunk;
    if (!chunk->frames)
        return copy;
    copy->frames = malloc(CHUNK_PAGES * sizeof *copy->frames);
    if (copy->frames) {
        memcpy(copy->frames, chunk->frames, CHUNK_PAGES * sizeof *copy->frames);
        return copy;
    }
    free(copy);
    return NULL;
}

/* The child inherits the page whatever it was; the parent has it in common. */
static void share(struct chunk *parent, struct chunk *child)
{
    for (size_t i = 0; i < CHUNK_PAGES; i++) {
        if (page_is_unknown(parent->states[i])) {
            child->states[i] = PAGE_UNKNOWN;
            continue;
        }
        child->states[i] = PAGE_SHARED;
        if (parent->states[i] == PAGE_OWN)
            parent->states[i] = PAGE_RESHARED;
    }
}

struct sharing *sharing_fork(struct sharing *parent)
{
    struct sharing *child = sharing_new();

    for (size_t i = 0; child && i < parent->capacity; i++) {
        if (!parent->chunks[i])
            continue;
        struct chunk *copy = copy_chunk(parent->chunks[i]);
        if (copy)
            share(parent->chunks[i], copy);
        if (!copy || !insert(child, copy)) {
            sharing_free(child);
            return NULL;
        }
    }
    return child;
}

void sharing_count(const struct sharing *sharing, uint64_t counts[PAGE_STATES])
{
    memset(counts, 0, PAGE_STATES * sizeof *counts);
    for (size_t i = 0; i < sharing->capacity; i++)
        for (size_t j = 0; sharing->chunks[i] && j < CHUNK_PAGES; j++)
            counts[sharing->chunks[i]->states[j]]++;
    counts[PAGE_UNKNOWN] = 0;
}

void sharing_visit(const struct sharing *sharing, sharing_visitor *visit,
                   void *context)
{
    for (size_t i = 0; i < sharing->capacity; i++) {
        const struct chunk *chunk = sharing->chunks[i];
        for (size_t j = 0; chunk && j < CHUNK_PAGES; j++)
            if (chunk->states[j] != PAGE_UNKNOWN)
                visit(chunk->start + j * PAGEMAP_PAGE_SIZE, chunk->states[j],
                      context);
    }
}

/* ---- Looking ------------------------------------------------------------- */

static bool is_own(uint64_t entry)
{
    return pagemap_present(entry) && !pagemap_file(entry) &&
           pagemap_exclusive(entry);
}

/* A walk_visitor: notes the pages of one mapping. */
static int note(const struct mapping *mapping, uint64_t address,
                const uint64_t *entries, size_t count, void *context)
{
    for (size_t i = 0; i < count; i++, address += PAGEMAP_PAGE_SIZE) {
        if (!pagemap_present(entries[i]) ||
            (pagemap_file(entries[i]) && !mapping->writable))
            continue;
        int result =
            set(context, address, is_own(entries[i]) ? PAGE_OWN : PAGE_SHARED,
                entries[i]);
        if (result)
            return result;
    }
    return 0;
}

struct search {
    const struct sharing *sharing;
    struct sharing *found;
};

/* A walk_visitor: notes pages that nobody told of. */
static int find_untold(const struct mapping *mapping, uint64_t address,
                       const uint64_t *entries, size_t count, void *context)
{
    struct search *search = context;

    (void)mapping;
    for (size_t i = 0; i < count; i++, address += PAGEMAP_PAGE_SIZE) {
        if (!pagemap_present(entries[i]) || pagemap_file(entries[i]) ||
            !page_is_unknown(sharing_state(search->sharing, address)))
            continue;
        int result = set(search->found, address, PAGE_OWN, entries[i]);
        if (result)
            return result;
    }
    return 0;
}

static enum page_state what_happened(const struct chunk *chunk, size_t index,
                                     uint64_t entry)
{
    uint64_t frame = frame_at(chunk, index);

    if (frame == 0 || pagemap_frame(entry) == 0)
        return PAGE_EXCLUSIVE;
    return frame == pagemap_frame(entry) ? PAGE_LEFT_ALONE : PAGE_COPIED;
}

/* A walk_visitor: finds pages that are exclusive, and nobody told why. */
static int compare(const struct mapping *mapping, uint64_t address,
                   const uint64_t *entries, size_t count, void *context)
{
    struct chunk *chunk = NULL;
    int result = 0;

    (void)mapping;
    for (size_t i = 0; !result && i < count;
         i++, address += PAGEMAP_PAGE_SIZE) {
        size_t index = index_of(address);
        if (i == 0 || index == 0)
            chunk = chunk_at(context, address);
        if (!is_own(entries[i]))
            continue;
        if (chunk && chunk->states[index] == PAGE_SHARED)
            chunk->states[index] = what_happened(chunk, index, entries[i]);
        else if (!chunk || chunk->states[index] == PAGE_UNKNOWN)
            result = set(context, address, PAGE_UNTOLD, entries[i]);
    }
    return result;
}

/* A walk_visitor: whether one of the pages was shared, and nobody told. */
static int find_shared(const struct mapping *mapping, uint64_t address,
                       const uint64_t *entries, size_t count, void *context)
{
    (void)mapping;
    for (size_t i = 0; i < count; i++, address += PAGEMAP_PAGE_SIZE)
        if (pagemap_present(entries[i]) && !pagemap_file(entries[i]) &&
            !pagemap_exclusive(entries[i]) &&
            sharing_state(context, address) == PAGE_OWN)
            return 1;
    return 0;
}

static int walk_all(pid_t pid, int pagemap, uint64_t *buffer,
                    walk_visitor *visit, void *context)
{
    struct mappings mappings;
    int result = mappings_read(pid, &mappings);

    if (result)
        return result;
    for (size_t i = 0; !result && i < mappings.count; i++) {
        const struct mapping *mapping = &mappings.items[i];
        if (!mapping->shared && walk_is_ordinary(mapping))
            result = walk_mapping(pagemap, mapping, buffer, visit, context);
    }
    mappings_free(&mappings);
    return result;
}

static int walk_open(pid_t pid, int pagemap, walk_visitor *visit, void *context)
{
    uint64_t *buffer = malloc(WALK_ENTRIES * sizeof *buffer);

    if (!buffer)
        return -ENOMEM;
    int result = walk_all(pid, pagemap, buffer, visit, context);
    free(buffer);
    return result;
}

int sharing_look(struct sharing *sharing, pid_t pid)
{
    int pagemap = pagemap_open(pid);

    forget(sharing);
    if (pagemap < 0)
        return pagemap;
    int result = walk_open(pid, pagemap, note, sharing);
    close(pagemap);
    return result;
}

int sharing_find(const struct sharing *sharing, pid_t pid, int pagemap,
                 struct sharing *found)
{
    struct search search = {sharing, found};

    return walk_open(pid, pagemap, find_untold, &search);
}

static int add_chunk(struct sharing *sharing, const struct chunk *found,
                     const struct sharing *others)
{
    const struct chunk *later = chunk_at(others, found->start);
    int result = 0;

    if (later && !chunk_at(sharing, found->start))
        return 0;
    for (size_t i = 0; !result && i < CHUNK_PAGES; i++)
        if (found->states[i] != PAGE_UNKNOWN &&
            !(later && later->states[i] != PAGE_UNKNOWN))
            result = set_frame(sharing, found->start + i * PAGEMAP_PAGE_SIZE,
                               PAGE_OWN, frame_at(found, i));
    return result;
}

int sharing_add(struct sharing *sharing, const struct sharing *found,
                const struct sharing *later)
{
    int result = 0;

    for (size_t i = 0; !result && i < found->capacity; i++)
        if (found->chunks[i])
            result = add_chunk(sharing, found->chunks[i], later);
    return result;
}

int sharing_is_behind(struct sharing *sharing, pid_t pid, int pagemap)
{
    return walk_open(pid, pagemap, find_shared, sharing);
}

int sharing_compare(struct sharing *sharing, pid_t pid, int pagemap)
{
    return walk_open(pid, pagemap, compare, sharing);
}
