/* smaps.c: walks /proc/PID/smaps.  Each mapping is a line as in maps, followed
 * by lines whose first word ends with a colon. */
#include "smaps/smaps.h"

#include "smaps/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *line_end(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline ? newline + 1 : end;
}

/* Whether the line is a "Key: ..." line and not the start of a mapping. */
static bool is_key_line(const char *line, const char *end)
{
    while (line < end && *line != ' ' && *line != '\n')
        line++;
    return line[-1] == ':';
}

/* Parses a mapping's first line, which need not end with a NUL. */
static int parse_header(const char *line, const char *end,
                        struct mapping *mapping)
{
    char *copy = strndup(line, (size_t)(end - line));

    if (!copy)
        return -ENOMEM;
    int result = mapping_parse(copy, mapping);
    free(copy);
    return result;
}

int smaps_parse(const char *text, size_t length, smaps_visitor *visit,
                void *context)
{
    const char *end = text + length;

    while (text < end) {
        struct mapping mapping;
        struct smaps_totals totals;
        const char *body = line_end(text, end);
        int result = parse_header(text, body, &mapping);
        if (result)
            return result;
        const char *next = body;
        while (next < end && *next != '\n' && is_key_line(next, end))
            next = line_end(next, end);
        result = smaps_rollup_parse(body, (size_t)(next - body), &totals);
        if (!result)
            result = visit(&mapping, &totals, context);
        if (result)
            return result;
        text = next;
    }
    return 0;
}

int smaps_read(pid_t pid, smaps_visitor *visit, void *context)
{
    char *text;
    size_t length;
    int result = text_read_process(pid, "smaps", &text, &length);

    if (result)
        return result;
    result = smaps_parse(text, length, visit, context);
    free(text);
    return result;
}
