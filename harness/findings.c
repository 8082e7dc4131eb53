/* findings.c: the memory of a list of findings; see findings.h. */
#include "harness/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/memory.h"

const char *level_text(enum level level)
{
    static const char *const texts[] = {
        [LEVEL_OK] = "ok",
        [LEVEL_NOTE] = "note",
        [LEVEL_WARNING] = "warning",
        [LEVEL_MISSING] = "missing",
    };
    return texts[level];
}

void findings_add(struct findings *findings, const char *code, enum level level,
                  const char *effect, const char *next, const char *format, ...)
{
    char found[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(found, sizeof found, format, arguments);
    va_end(arguments);
    findings->items = xreallocarray(findings->items, findings->count + 1,
                                    sizeof *findings->items);
    findings->items[findings->count++] = (struct finding){
        .code = code,
        .level = level,
        .found = xstrdup(found),
        .effect = level == LEVEL_OK ? NULL : effect,
        .next = level == LEVEL_OK ? NULL : next,
    };
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->items[i].found);
    free(findings->items);
    *findings = (struct findings){0};
}
