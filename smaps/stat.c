/* stat.c: walks the fields after the command's name; see stat.h. */
#include "smaps/stat.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_number(const char *field, uint64_t *value)
{
    char *end;

    if (!isdigit((unsigned char)*field))
        return -EBADMSG;
    errno = 0;
    *value = strtoull(field, &end, 10);
    return errno || *end != ' ' ? -EBADMSG : 0;
}

const char *stat_state(const char *text)
{
    /* The name stands in parentheses and may hold any; no later field does. */
    const char *name_end = strrchr(text, ')');

    return name_end && name_end[1] == ' ' ? name_end + 2 : NULL;
}

int stat_numbers(const char *text, const unsigned *fields, size_t count,
                 uint64_t *values)
{
    const char *field = stat_state(text);
    unsigned number = STAT_STATE;

    for (size_t i = 0; i < count; i++) {
        for (; field && number < fields[i]; number++) {
            field = strchr(field, ' ');
            if (field)
                field++;
        }
        if (!field || parse_number(field, &values[i]))
            return -EBADMSG;
    }
    return 0;
}
