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
    struct mappings code;
    struct symbol_names *names; /* NULL where there are none */
    struct entry *entries;      /* a hash table, open addressing */
    size_t entry_count, entry_capacity;
};

const char *symbols_source(void)
{
    return symbol_names_source;
}

/* Reads the mappings that may be executed. */
static int read_code(pid_t pid, struct mappings *code)
{
    int result = mappings_read(pid, code);
    size_t kept = 0;

    for (size_t i = 0; i < code->count; i++)
        if (code->items[i].executable)
            code->items[kept++] = code->items[i];
    code->count = kept;
    return result;
}

int symbols_open(pid_t pid, struct symbols **symbols)
{
    struct symbols *opened = calloc(1, sizeof *opened);
    int result = opened ? read_code(pid, &opened->code) : -ENOMEM;

    if (!result) {
        opened->names = symbol_names_open(pid);
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

void symbols_close(struct symbols *symbols)
{
    if (!symbols)
        return;
    for (size_t i = 0; symbols->entries && i < symbols->entry_capacity; i++)
        free(symbols->entries[i].symbol);
    free(symbols->entries);
    symbol_names_close(symbols->names);
    mappings_free(&symbols->code);
    free(symbols);
}

static bool same_mapping(const struct mapping *a, const struct mapping *b)
{
    return a->start == b->start && a->end == b->end && a->offset == b->offset &&
           strcmp(a->name, b->name) == 0;
}

bool symbols_fit(const struct symbols *symbols, pid_t pid)
{
    struct mappings code;
    bool fit = read_code(pid, &code) == 0 && code.count == symbols->code.count;

    for (size_t i = 0; fit && i < code.count; i++)
        fit = same_mapping(&code.items[i], &symbols->code.items[i]);
    mappings_free(&code);
    return fit;
}

static void find_object(const struct symbols *symbols, uint64_t instruction,
                        struct symbol *symbol)
{
    symbol->object = "unmapped";
    symbol->offset = instruction;
    for (size_t i = 0; i < symbols->code.count; i++) {
        const struct mapping *mapping = &symbols->code.items[i];
        if (instruction < mapping->start || instruction >= mapping->end)
            continue;
        symbol->object = mapping->name[0] ? mapping->name : "anonymous";
        symbol->offset = instruction - mapping->start + mapping->offset;
    }
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
    entry->symbol = calloc(1, sizeof *entry->symbol);
    if (!entry->symbol)
        return NULL;
    find_object(symbols, instruction, entry->symbol);
    if (symbols->names)
        symbol_names_find(symbols->names, instruction, entry->symbol);
    return entry->symbol;
}

static bool is_code(const struct symbols *symbols, uint64_t address)
{
    for (size_t i = 0; i < symbols->code.count; i++)
        if (address >= symbols->code.items[i].start &&
            address < symbols->code.items[i].end)
            return true;
    return false;
}

uint64_t symbols_caller(struct symbols *symbols, uint64_t instruction,
                        uint64_t stack_top)
{
    if (!symbols->names || !stack_top || !is_code(symbols, stack_top - 1))
        return 0;
    struct entry *entry = take_entry(symbols, instruction);
    if (entry && entry->by_top == UNASKED)
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
