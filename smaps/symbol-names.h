/* symbol-names.h: names of functions and source lines, from debug information
 * and symbol tables.
 *
 * symbol-names-dw.c reads them with elfutils' libdw; symbol-names-none.c stands
 * in where it was not found, and knows none. */
#ifndef SMAPS_SYMBOL_NAMES_H
#define SMAPS_SYMBOL_NAMES_H

#include "smaps/symbols.h"

struct symbol_names;

extern const char symbol_names_source[];

/* Opens the files that a process's code is mapped from.  Returns NULL if that
 * cannot be done.  `failure` becomes the errno of a file that is there and
 * could not be opened, if there was one. */
struct symbol_names *symbol_names_open(pid_t pid, int *failure);
void symbol_names_close(struct symbol_names *names);

/* Fills in names, file and line of an instruction, as far as they are known;
 * they are borrowed. */
void symbol_names_find(struct symbol_names *names, uint64_t instruction,
                       struct symbol *symbol);

/* Whether the call frame information says that at this instruction the return
 * address is the uppermost word of the stack. */
bool symbol_names_returns_by_top(struct symbol_names *names,
                                 uint64_t instruction);

#endif
