/* symbol-names-none.c: stands in where libdw was not found: object files and
 * offsets are all there is. */
#include "smaps/symbol-names.h"

const char symbol_names_source[] = "none: cowlab was built without libdw; "
                                   "install libdw-dev and configure again";

struct symbol_names *symbol_names_open(pid_t pid, int *failure)
{
    (void)pid, (void)failure;
    return NULL;
}

void symbol_names_close(struct symbol_names *names)
{
    (void)names;
}

void symbol_names_find(struct symbol_names *names, uint64_t instruction,
                       struct symbol *symbol)
{
    (void)names, (void)instruction, (void)symbol;
}

bool symbol_names_returns_by_top(struct symbol_names *names,
                                 uint64_t instruction)
{
    (void)names, (void)instruction;
    return false;
}
