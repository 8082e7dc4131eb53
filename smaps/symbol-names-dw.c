/* symbol-names-dw.c: names by libdwfl, which finds the debug information of a
 * file in itself or by its build ID under /usr/lib/debug (or from a server that
 * the user named in DEBUGINFOD_URLS). */
#include "smaps/symbol-names.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct symbol_names {
    Dwfl *session;
    pid_t pid;
    int *failure;
};

const char symbol_names_source[] = "elfutils libdw";

/* ---- Files --------------------------------------------------------------- */

static int open_regular(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return -1;
    errno = ENOENT;
    if (!S_ISREG(status.st_mode))
        return -1;
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* The program itself can be read even after its file was replaced. */
static int open_program(pid_t pid, const char *name)
{
    char link[64], target[4096];

    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0)
        return -1;
    target[length] = '\0';
    return strcmp(target, name) == 0 ? open_regular(link) : -1;
}

/* Opens the file behind a module, which may lie in another file system than
 * ours has under that path. */
static int find_file(Dwfl_Module *module, void **user, const char *name,
                     Dwarf_Addr base, char **path, Elf **elf)
{
    const struct symbol_names *names = *user;
    int descriptor;

    (void)module, (void)base, (void)elf;
    if (name[0] != '/' || !names)
        return -1;
    if (asprintf(path, "/proc/%d/root%s", (int)names->pid, name) < 0) {
        *path = NULL;
        return -1;
    }
    descriptor = open_regular(*path);
    int failure = errno;
    if (descriptor < 0)
        descriptor = open_program(names->pid, name);
    if (descriptor < 0 && failure != ENOENT)
        *names->failure = failure;
    free(*path);
    *path = strdup(name);
    return descriptor;
}

/* Most files have no debug information beside them: only a want of descriptors
 * is a failure. */
static int find_debuginfo(Dwfl_Module *module, void **user, const char *name,
                          Dwarf_Addr base, const char *file, const char *link,
                          GElf_Word checksum, char **found)
{
    const struct symbol_names *names = *user;

    errno = 0;
    int descriptor = dwfl_standard_find_debuginfo(module, user, name, base,
                                                  file, link, checksum, found);
    if (descriptor < 0 && names && (errno == EMFILE || errno == ENFILE))
        *names->failure = errno;
    return descriptor;
}

static int open_file(Dwfl_Module *module, void **user, const char *name,
                     Dwarf_Addr base, void *names)
{
    GElf_Addr bias;

    (void)name, (void)base;
    *user = names;
    dwfl_module_getelf(module, &bias);
    return DWARF_CB_OK;
}

static const Dwfl_Callbacks callbacks = {
    .find_elf = find_file,
    .find_debuginfo = find_debuginfo,
};

struct symbol_names *symbol_names_open(pid_t pid, int *failure)
{
    struct symbol_names *names = calloc(1, sizeof *names);
    int result = -1;

    if (!names)
        return NULL;
    names->pid = pid;
    names->failure = failure;
    names->session = dwfl_begin(&callbacks);
    if (names->session)
        result = dwfl_linux_proc_report(names->session, pid);
    if (result == 0 && dwfl_report_end(names->session, NULL, NULL) == 0) {
        dwfl_getmodules(names->session, open_file, names, 0);
        return names;
    }
    if (result > 0)
        *failure = result;
    symbol_names_close(names);
    return NULL;
}

void symbol_names_close(struct symbol_names *names)
{
    if (!names)
        return;
    if (names->session)
        dwfl_end(names->session);
    free(names);
}

/* ---- Call frames --------------------------------------------------------- */

/* DWARF's number of the stack pointer on x86-64.  Machines that call by way of
 * a register have no return address at the top of the stack. */
enum { STACK_POINTER = 7 };

/* By how much what is at the rule's address lies above the stack pointer. */
static bool above_stack_pointer(const Dwarf_Op *canonical, size_t canonicals,
                                const Dwarf_Op *saved, size_t saves,
                                Dwarf_Sword *bytes)
{
    if (canonicals != 1 || canonical->atom != DW_OP_bregx ||
        canonical->number != STACK_POINTER || saves != 2 ||
        saved[0].atom != DW_OP_call_frame_cfa ||
        saved[1].atom != DW_OP_plus_uconst)
        return false;
    *bytes = (Dwarf_Sword)(canonical->number2 + saved[1].number);
    return true;
}

bool symbol_names_returns_by_top(struct symbol_names *names,
                                 uint64_t instruction)
{
    Dwarf_Addr bias;
    Dwarf_Frame *frame;
    Dwarf_Op room[3], *canonical, *saved;
    size_t canonicals, saves;
    Dwarf_Sword bytes = -1;
    Dwfl_Module *module = dwfl_addrmodule(names->session, instruction);
    Dwarf_CFI *information = module ? dwfl_module_eh_cfi(module, &bias) : NULL;

    if (!information ||
        dwarf_cfi_addrframe(information, instruction - bias, &frame) != 0)
        return false;
    int return_address = dwarf_frame_info(frame, NULL, NULL, NULL);
    bool known =
        return_address >= 0 &&
        dwarf_frame_cfa(frame, &canonical, &canonicals) == 0 &&
        dwarf_frame_register(frame, return_address, room, &saved, &saves) ==
            0 &&
        above_stack_pointer(canonical, canonicals, saved, saves, &bytes);
    free(frame);
    return known && bytes == 0;
}

/* ---- Names --------------------------------------------------------------- */

/* When there are too many, the last is always the function itself. */
static void add_name(struct symbol *symbol, const char *name)
{
    if (!name)
        return;
    if (symbol->name_count == SYMBOL_NAMES_MOST)
        symbol->name_count--;
    symbol->names[symbol->name_count++] = name;
}

/* Names the inlined functions outwards, up to the function that contains them.
 */
static void name_scopes(Dwarf_Die *innermost, struct symbol *symbol)
{
    Dwarf_Die *scopes;
    int count = dwarf_getscopes_die(innermost, &scopes);

    for (int i = 0; i < count; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram)
            add_name(symbol, dwarf_diename(&scopes[i]));
        if (tag == DW_TAG_subprogram)
            break;
    }
    if (count > 0)
        free(scopes);
}

static void name_by_debug_information(Dwfl_Module *module, Dwarf_Addr address,
                                      struct symbol *symbol)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
    Dwarf_Die *scopes;

    if (!unit)
        return;
    int count = dwarf_getscopes(unit, address - bias, &scopes);
    if (count <= 0)
        return;
    name_scopes(&scopes[0], symbol);
    free(scopes);
}

/* A symbol's size must cover the address: the nearest one before it is, in a
 * stripped file, often that of another function. */
static void name_by_symbol_table(Dwfl_Module *module, Dwarf_Addr address,
                                 struct symbol *symbol)
{
    GElf_Off offset;
    GElf_Sym entry;
    const char *name = dwfl_module_addrinfo(module, address, &offset, &entry,
                                            NULL, NULL, NULL);

    if (name && offset < entry.st_size)
        add_name(symbol, name);
}

static void find_line(Dwfl_Module *module, Dwarf_Addr address,
                      struct symbol *symbol)
{
    Dwfl_Line *line = dwfl_module_getsrc(module, address);

    if (line)
        symbol->file =
            dwfl_lineinfo(line, NULL, &symbol->line, NULL, NULL, NULL);
}

void symbol_names_find(struct symbol_names *names, uint64_t instruction,
                       struct symbol *symbol)
{
    Dwfl_Module *module = dwfl_addrmodule(names->session, instruction);

    if (!module)
        return;
    name_by_debug_information(module, instruction, symbol);
    if (symbol->name_count == 0)
        name_by_symbol_table(module, instruction, symbol);
    find_line(module, instruction, symbol);
}
