/* symbols.c: objects and offsets from the process's mappings, names from
 * symbol-names.h, and what was found by instruction. */
#include "smaps/symbols.h"

#include "smaps/maps.h"
#include "smaps/symbol-names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256u /* a power of two */

/* What was asked about an instruction. */
struct entry {
    uint64_t instruction;
    struct symbol *symbol;            /* NULL: not asked */
    enum { UNASKED, YES, NO } by_top; /* it returns by the stack's top */
};

static bool is_empty(const struct entry *entry)
{
    return !entry->symbol && entry->by_top == UNASKED;
}

struct symbols {
    struct mappings files; /* code that they hold */
    struct mappings made;  /* the rest: made at run time, or the kernel's */
    struct symbol_names *names; /* NULL where there are none */
    int failure;                /* errno of opening them */
    bool retired;               /* the names were closed */
    struct entry *entries;      /* a hash table, open addressing */
    size_t entry_count, entry_capacity;
};

const char *symbols_source(void)
{
    return symbol_names_source;
}

/* A file in memory alone is a way to make code at run time. */
static bool is_of_file(const struct mapping *mapping)
{
    return mapping->file && strncmp(mapping->name, "/memfd:", 7) != 0;
}

/* Copies the mappings that may be executed, of files or of none. */
static int copy_code(const struct mappings *mappings, bool of_files,
                     struct mappings *code)
{
    *code = (struct mappings){0};
    code->items = calloc(mappings->count + 1, sizeof *code->items);
    if (!code->items)
        return -ENOMEM;
    for (size_t i = 0; i < mappings->count; i++)
        if (mappings->items[i].executable &&
            is_of_file(&mappings->items[i]) == of_files)
            code->items[code->count++] = mappings->items[i];
    return 0;
}

static int read_code(pid_t pid, struct symbols *symbols)
{
    struct mappings mappings;
    int result = mappings_read(pid, &mappings);

    if (!result)
        result = copy_code(&mappings, true, &symbols->files);
    if (!result)
        result = copy_code(&mappings, false, &symbols->made);
    mappings_free(&mappings);
    return result;
}

int symbols_open(pid_t pid, struct symbols **symbols)
{
    struct symbols *opened = calloc(1, sizeof *opened);
    int result = opened ? read_code(pid, opened) : -ENOMEM;

    if (!result) {
        opened->names = symbol_names_open(pid, &opened->failure);
        opened->entries = calloc(FIRST_CAPACITY, sizeof *opened->entries);
        opened->entry_capacity = FIRST_CAPACITY;
        result = opened->entries ? 0 : -ENOMEM;
    }
    if (result)
        symbols_close(opened);
    else
        *symbols = opened;
    return result;
}

void symbols_retire(struct symbols *symbols)
{
    symbols->retired |= symbols->names != NULL;
    symbol_names_close(symbols->names);
    symbols->names = NULL;
}

int symbols_failure(const struct symbols *symbols)
{
    return symbols->failure;
}

void symbols_close(struct symbols *symbols)
{
    if (!symbols)
        return;
    for (size_t i = 0; symbols->entries && i < symbols->entry_capacity; i++)
        free(symbols->entries[i].symbol);
    free(symbols->entries);
    symbols_retire(symbols);
    mappings_free(&symbols->files);
    mappings_free(&symbols->made);
    free(symbols);
}

static bool same_mapping(const struct mapping *a, const struct mapping *b)
{
    return a->start == b->start && a->end == b->end && a->offset == b->offset &&
           strcmp(a->name, b->name) == 0;
}

/* Whether the code of files among them is the table's. */
static bool fit(const struct symbols *symbols, const struct mappings *mappings)
{
    size_t known = 0;

    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *mapping = &mappings->items[i];
        if (!mapping->executable || !is_of_file(mapping))
            continue;
        if (known == symbols->files.count ||
            !same_mapping(mapping, &symbols->files.items[known]))
            return false;
        known++;
    }
    return known == symbols->files.count;
}

bool symbols_adapt(struct symbols *symbols, const struct mappings *mappings)
{
    struct mappings made;

    if (!fit(symbols, mappings))
        return false;
    if (copy_code(mappings, false, &made) == 0) {
        mappings_free(&symbols->made);
        symbols->made = made;
    }
    return true;
}

/* The mapping of code at an address, or NULL. */
static const struct mapping *code_at(const struct symbols *symbols,
                                     uint64_t address)
{
    const struct mappings *const codes[] = {&symbols->files, &symbols->made};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        for (size_t j = 0; j < codes[i]->count; j++)
            if (address >= codes[i]->items[j].start &&
                address < codes[i]->items[j].end)
                return &codes[i]->items[j];
    return NULL;
}

static void find_object(const struct symbols *symbols, uint64_t instruction,
                        struct symbol *symbol)
{
    const struct mapping *mapping = code_at(symbols, instruction);

    symbol->object = !mapping           ? "unmapped"
                     : mapping->name[0] ? mapping->name
                                        : "anonymous";
    symbol->offset = instruction;
    if (mapping)
        symbol->offset += mapping->offset - mapping->start;
}

/* Moves a text to where there is room for it, and the room behind it. */
static void move_text(const char **text, char **room)
{
    if (!*text)
        return;
    size_t bytes = strlen(*text) + 1;
    *text = memcpy(*room, *text, bytes);
    *room += bytes;
}

static size_t text_bytes(const struct symbol *symbol)
{
    size_t bytes = strlen(symbol->object) + 1;

    if (symbol->file)
        bytes += strlen(symbol->file) + 1;
    for (unsigned i = 0; i < symbol->name_count; i++)
        bytes += strlen(symbol->names[i]) + 1;
    return bytes;
}

/* A copy with its texts in one piece: the files may be closed. */
static struct symbol *copy_symbol(const struct symbol *symbol)
{
    struct symbol *copy = malloc(sizeof *copy + text_bytes(symbol));

    if (!copy)
        return NULL;
    *copy = *symbol;
    char *room = (char *)(copy + 1);
    move_text(&copy->object, &room);
    move_text(&copy->file, &room);
    for (unsigned i = 0; i < copy->name_count; i++)
        move_text(&copy->names[i], &room);
    return copy;
}

/* The entry that holds the instruction or is to hold it. */
static struct entry *find_entry(const struct symbols *symbols,
                                uint64_t instruction)
{
    size_t mask = symbols->entry_capacity - 1;
    size_t index = instruction * UINT64_C(0x9e3779b97f4a7c15) >> 32 & mask;

    while (!is_empty(&symbols->entries[index]) &&
           symbols->entries[index].instruction != instruction)
        index = (index + 1) & mask;
    return &symbols->entries[index];
}

static bool grow(struct symbols *symbols)
{
    struct symbols grown = {.entry_capacity = 2 * symbols->entry_capacity};

    grown.entries = calloc(grown.entry_capacity, sizeof *grown.entries);
    if (!grown.entries)
        return false;
    for (size_t i = 0; i < symbols->entry_capacity; i++)
        if (!is_empty(&symbols->entries[i]))
            *find_entry(&grown, symbols->entries[i].instruction) =
                symbols->entries[i];
    free(symbols->entries);
    symbols->entries = grown.entries;
    symbols->entry_capacity = grown.entry_capacity;
    return true;
}

/* The entry of an instruction, with room for it; NULL without memory. */
static struct entry *take_entry(struct symbols *symbols, uint64_t instruction)
{
    struct entry *entry = find_entry(symbols, instruction);

    if (!is_empty(entry))
        return entry;
    if (2 * symbols->entry_count >= symbols->entry_capacity && !grow(symbols))
        return NULL;
    entry = find_entry(symbols, instruction);
    entry->instruction = instruction;
    symbols->entry_count++;
    return entry;
}

const struct symbol *symbols_find(struct symbols *symbols, uint64_t instruction)
{
    struct entry *entry = take_entry(symbols, instruction);

    if (!entry || entry->symbol)
        return entry ? entry->symbol : NULL;
    struct symbol symbol = {.late = symbols->retired};
    find_object(symbols, instruction, &symbol);
    if (symbols->names)
        symbol_names_find(symbols->names, instruction, &symbol);
    return entry->symbol = copy_symbol(&symbol);
}

uint64_t symbols_caller(struct symbols *symbols, uint64_t instruction,
                        uint64_t stack_top)
{
    if (!stack_top || !code_at(symbols, stack_top - 1))
        return 0;
    struct entry *entry = symbols->names ? take_entry(symbols, instruction)
                                         : find_entry(symbols, instruction);
    if (entry && symbols->names && entry->by_top == UNASKED)
        entry->by_top =
            symbol_names_returns_by_top(symbols->names, instruction) ? YES : NO;
    return entry && entry->by_top == YES ? stack_top - 1 : 0;
}

const char *symbol_memory_function(const struct symbol *symbol)
{
    static const char *const functions[] = {
        "memset",  "memcpy",  "memmove", "mempcpy", "memccpy", "bzero",
        "bcopy",   "strcpy",  "stpcpy",  "strncpy", "stpncpy", "strcat",
        "strncat", "wmemset", "wmemcpy", "wmemmove"};
    if (symbol->name_count == 0)
        return NULL;
    const char *name = symbol->names[symbol->name_count - 1];
    size_t underscores = strspn(name, "_"); /* a library's own variants */
    name += underscores;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        size_t length = strlen(functions[i]);
        if (!strncmp(name, functions[i], length) &&
            (!name[length] || (name[length] == '_' && underscores > 0)))
            return functions[i];
    }
    return NULL;
}
