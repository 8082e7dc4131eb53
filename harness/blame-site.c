/* blame-site.c: see blame-site.h. */
#include "harness/blame-site.h"

#include <inttypes.h>
#include <string.h>

#include "harness/memory.h"

struct blame_site blame_site(struct symbols *symbols, uint64_t instruction,
                             uint64_t caller, bool in_kernel)
{
    struct blame_site site = {0};
    site.writer = symbols ? symbols_find(symbols, instruction) : NULL;
    if (!site.writer)
        return site;
    const char *plain = symbol_memory_function(site.writer);
    site.is_for_caller = plain != NULL;
    if (site.writer->name_count > 0)
        site.function = plain ? plain : site.writer->names[0];
    if (caller && (in_kernel || plain || !site.function))
        site.caller = symbols_find(symbols, caller);
    if (site.caller && site.caller->name_count == 0 && !site.function)
        site.caller = NULL;
    return site;
}

char *blame_offset_text(const struct symbol *symbol)
{
    const char *slash = strrchr(symbol->object, '/');
    return xasprintf("%s+0x%" PRIx64,
                     slash && slash[1] ? slash + 1 : symbol->object,
                     symbol->offset);
}
