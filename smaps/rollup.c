/* rollup.c: parses "Key:  N kB" lines into totals. */
#include "smaps/rollup.h"

#include "smaps/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *key;
    size_t offset;
} fields[] = {
    {"Rss:", offsetof(struct smaps_totals, rss)},
    {"Pss:", offsetof(struct smaps_totals, pss)},
    {"Shared_Clean:", offsetof(struct smaps_totals, shared_clean)},
    {"Shared_Dirty:", offsetof(struct smaps_totals, shared_dirty)},
    {"Private_Clean:", offsetof(struct smaps_totals, private_clean)},
    {"Private_Dirty:", offsetof(struct smaps_totals, private_dirty)},
    {"Anonymous:", offsetof(struct smaps_totals, anonymous)},
    {"AnonHugePages:", offsetof(struct smaps_totals, anon_huge)},
    {"Swap:", offsetof(struct smaps_totals, swap)},
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)
#define REQUIRED    0x3u /* Rss and Pss */

/* Reads "   N kB" between `at` and `end`. */
static int parse_kilobytes(const char *at, const char *end, uint64_t *bytes)
{
    uint64_t value = 0;

    while (at < end && *at == ' ')
        at++;
    if (at == end || !isdigit((unsigned char)*at))
        return -EBADMSG;
    for (; at < end && isdigit((unsigned char)*at); at++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return -EBADMSG;
    }
    if (end - at != 3 || memcmp(at, " kB", 3) != 0 ||
        __builtin_mul_overflow(value, 1024, bytes))
        return -EBADMSG;
    return 0;
}

/* Stores the line's number if its key is one of ours and notes it in `seen`. */
static int parse_line(const char *line, const char *end,
                      struct smaps_totals *totals, unsigned *seen)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        size_t size = strlen(fields[i].key);
        if ((size_t)(end - line) < size ||
            memcmp(line, fields[i].key, size) != 0)
            continue;
        *seen |= 1u << i;
        void *field = (char *)totals + fields[i].offset;
        return parse_kilobytes(line + size, end, field);
    }
    return 0;
}

int smaps_rollup_parse(const char *text, size_t length,
                       struct smaps_totals *totals)
{
    const char *end = text + length;
    unsigned seen = 0;

    *totals = (struct smaps_totals){0};
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        int result = parse_line(text, stop, totals, &seen);
        if (result)
            return result;
        text = newline ? newline + 1 : end;
    }
    return (seen & REQUIRED) == REQUIRED ? 0 : -EBADMSG;
}

int smaps_rollup_read(pid_t pid, struct smaps_totals *totals)
{
    char *text;
    size_t length;
    int result = text_read_process(pid, "smaps_rollup", &text, &length);

    if (result)
        return result;
    result = smaps_rollup_parse(text, length, totals);
    free(text);
    return result;
}
