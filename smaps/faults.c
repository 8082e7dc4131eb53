/* faults.c: fields 10 and 12 of /proc/PID/stat. */
#include "smaps/faults.h"

#include "smaps/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_STATE 3 /* the first after the command's name */
#define FIELD_MINOR 10
#define FIELD_MAJOR 12

static int parse_count(const char *field, uint64_t *value)
{
    char *end;

    if (!isdigit((unsigned char)*field))
        return -EBADMSG;
    errno = 0;
    *value = strtoull(field, &end, 10);
    /* The file goes on after both fields: a text that ends here was cut. */
    return errno || *end != ' ' ? -EBADMSG : 0;
}

int fault_counts_parse(const char *text, struct fault_counts *faults)
{
    /* The name stands in parentheses and may hold any; no later field does. */
    const char *field = strrchr(text, ')');

    if (!field || field[1] != ' ')
        return -EBADMSG;
    field += 2;
    for (int number = FIELD_STATE; number < FIELD_MAJOR; number++) {
        if (number == FIELD_MINOR && parse_count(field, &faults->minor))
            return -EBADMSG;
        field = strchr(field, ' ');
        if (!field)
            return -EBADMSG;
        field++;
    }
    return parse_count(field, &faults->major);
}

int fault_counts_read(pid_t pid, struct fault_counts *faults)
{
    char *text;
    int result = text_read_process(pid, "stat", &text, NULL);

    if (result)
        return result;
    result = fault_counts_parse(text, faults);
    free(text);
    return result;
}
