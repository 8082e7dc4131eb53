/* symbols.h: what code of a process an instruction belongs to.
 *
 * The table is made while the process lives, and answers after it has gone.
 * Processes that map the same files alike, as after a fork, can share one; what
 * code they make at run time does not matter. */
#ifndef SMAPS_SYMBOLS_H
#define SMAPS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "smaps/maps.h"

#define SYMBOL_NAMES_MOST 8u

struct symbol {
    /* Functions, innermost first: each was inlined into the next, and the last
     * is a function of its own, or one that the kernel's tables name.  Where
     * more were inlined, the innermost and the last are kept. */
    const char *names[SYMBOL_NAMES_MOST];
    unsigned name_count; /* 0 if nothing names it */
    const char *file;    /* source file as the compiler was given it, or NULL */
    int line;
    const char *object; /* file that is mapped there, or what /proc/PID/maps
                         * calls it; "anonymous" or "unmapped" */
    uint64_t offset;    /* in that file, or from the start of the mapping */
    bool late;          /* asked for when the files were closed: its names, if
                         * it has any, are not known */
};

struct symbols;

/* Makes a process's table.  Returns 0 or a negative errno. */
int symbols_open(pid_t pid, struct symbols **symbols);
void symbols_close(struct symbols *symbols);

/* Takes a table for a process with such mappings: from now on, code that is of
 * no file is where they have it.  Returns false if code of files is mapped
 * otherwise, which needs another table. */
bool symbols_adapt(struct symbols *symbols, const struct mappings *mappings);

/* Closes the files: what was found or asked stays known, the rest comes too
 * late. */
void symbols_retire(struct symbols *symbols);

/* 0, or the errno for which a file could not be opened, so that names are
 * missing. */
int symbols_failure(const struct symbols *symbols);

/* The symbol of an instruction, borrowed from the table; NULL without memory.
 */
const struct symbol *symbols_find(struct symbols *symbols,
                                  uint64_t instruction);

/* Where a function that has pushed nothing was called from, as the last byte of
 * that instruction: `stack_top` is the word at its stack pointer when it was at
 * the instruction.  0 where it had pushed something or that is not known. */
uint64_t symbols_caller(struct symbols *symbols, uint64_t instruction,
                        uint64_t stack_top);

/* The plain name of a function that writes memory for whoever calls it, as
 * "memset" of __memset_avx2_unaligned_erms; NULL of any other. */
const char *symbol_memory_function(const struct symbol *symbol);

/* Where names come from, or why there are none. */
const char *symbols_source(void);

#endif
