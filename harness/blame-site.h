/* blame-site.h: who wrote a page, in names: the function at the instruction,
 * and who had it write. */
#ifndef HARNESS_BLAME_SITE_H
#define HARNESS_BLAME_SITE_H

#include <stdbool.h>

#include "smaps/symbols.h"

/* All is borrowed from the symbols, or static. */
struct blame_site {
    const struct symbol *writer; /* NULL: not known */
    /* Who called it, if it wrote for its caller: it is a function such as
     * memset, it has no name, or it called the kernel, which wrote.  NULL where
     * it is itself to blame, or that is not known.  It may have no name, unless
     * the writer has none either. */
    const struct symbol *caller;
    const char *function; /* the writer's: innermost, plain of such a function;
                           * NULL: it has no name */
    bool is_for_caller;   /* it is a function such as memset */
};

/* Where an instruction that wrote belongs; `caller` is what symbols_caller says
 * of it.  `symbols` may be NULL: nothing is known. */
struct blame_site blame_site(struct symbols *symbols, uint64_t instruction,
                             uint64_t caller, bool in_kernel);

/* "FILE+0xOFFSET", where there is nothing better to say; the caller frees it.
 */
char *blame_offset_text(const struct symbol *symbol);

#endif
