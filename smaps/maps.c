/* maps.c: parses the lines of /proc/PID/maps:
 *   START-END PERMISSIONS OFFSET DEVICE INODE          NAME */
#include "smaps/maps.h"

#include "smaps/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes a number that starts with a digit and ends at `stop`; moves past it. */
static bool take_number(const char **at, int base, char stop, uint64_t *value)
{
    char *end;

    if (!isxdigit((unsigned char)**at))
        return false;
    errno = 0;
    *value = strtoull(*at, &end, base);
    if (errno || *end != stop)
        return false;
    *at = end + 1;
    return true;
}

static bool take_permissions(const char **at, struct mapping *mapping)
{
    static const char letters[] = "rwx";
    const char *text = *at;

    for (int i = 0; i < 3; i++) {
        if (text[i] != letters[i] && text[i] != '-')
            return false;
    }
    if ((text[3] != 'p' && text[3] != 's') || text[4] != ' ')
        return false;
    mapping->readable = text[0] == 'r';
    mapping->writable = text[1] == 'w';
    mapping->executable = text[2] == 'x';
    mapping->shared = text[3] == 's';
    *at = text + 5;
    return true;
}

/* The device, "major:minor" in hexadecimal, is checked and passed over. */
static bool take_device(const char **at)
{
    uint64_t ignored;

    return take_number(at, 16, ':', &ignored) &&
           take_number(at, 16, ' ', &ignored);
}

/* The inode ends the line or is followed by spaces and a name. */
static bool take_inode(const char **at, bool *file)
{
    char *end;

    if (!isdigit((unsigned char)**at))
        return false;
    *file = strtoull(*at, &end, 10) != 0;
    if (*end != ' ' && *end != '\n' && *end != '\0')
        return false;
    *at = end + strspn(end, " ");
    return true;
}

int mapping_parse(const char *line, struct mapping *mapping)
{
    *mapping = (struct mapping){0};
    if (!take_number(&line, 16, '-', &mapping->start) ||
        !take_number(&line, 16, ' ', &mapping->end) ||
        mapping->start >= mapping->end || !take_permissions(&line, mapping) ||
        !take_number(&line, 16, ' ', &mapping->offset) || !take_device(&line) ||
        !take_inode(&line, &mapping->file))
        return -EBADMSG;
    size_t length = strcspn(line, "\n");
    if (length >= sizeof mapping->name)
        length = sizeof mapping->name - 1;
    memcpy(mapping->name, line, length);
    return 0;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    while ((text = strchr(text, '\n'))) {
        text++;
        count++;
    }
    return count;
}

int mappings_parse(const char *text, struct mappings *mappings)
{
    size_t count = count_lines(text);
    int result = 0;

    *mappings = (struct mappings){0};
    if (count == 0)
        return 0;
    mappings->items = calloc(count, sizeof *mappings->items);
    if (!mappings->items)
        return -ENOMEM;
    for (const char *line = text; !result && mappings->count < count;) {
        result = mapping_parse(line, &mappings->items[mappings->count++]);
        line = strchr(line, '\n') + 1;
    }
    if (result)
        mappings_free(mappings);
    return result;
}

int mappings_read(pid_t pid, struct mappings *mappings)
{
    char *text;
    int result = text_read_process(pid, "maps", &text, NULL);

    *mappings = (struct mappings){0};
    if (result)
        return result;
    result = mappings_parse(text, mappings);
    free(text);
    return result;
}

void mappings_free(struct mappings *mappings)
{
    free(mappings->items);
    *mappings = (struct mappings){0};
}
