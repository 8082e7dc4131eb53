/* message.c: the lines of the subject protocol; see message.h. */
#include "harness/message.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

static size_t count_spaces(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

int message_parse(char *line, struct message *message)
{
    *message = (struct message){0};
    struct message_item *items = xcalloc(count_spaces(line) + 1, sizeof *items);
    message->items = items;
    char *rest = line;
    for (char *part; (part = strsep(&rest, " "));) {
        char *equals = strchr(part, '=');
        if (!*part || equals == part) {
            message_clear(message);
            return -1;
        }
        if (!message->word) {
            message->word = part;
            continue;
        }
        struct message_item *item = &items[message->count++];
        item->value = part;
        if (equals) {
            *equals = '\0';
            item->key = part;
            item->value = equals + 1;
        }
    }
    return 0;
}

void message_clear(struct message *message)
{
    free(message->items);
    *message = (struct message){0};
}

char *message_value(const struct message *message, const char *key)
{
    for (size_t i = 0; i < message->count; i++) {
        const struct message_item *item = &message->items[i];
        if (item->key && !strcmp(item->key, key))
            return item->value;
    }
    return NULL;
}

int message_number(const struct message *message, const char *key,
                   uint64_t *number)
{
    const char *value = message_value(message, key);
    return value ? parse_decimal(value, number) : -1;
}

int parse_decimal(const char *text, uint64_t *number)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return -1;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end || value > INT64_MAX)
        return -1;
    *number = value;
    return 0;
}

int parse_hexadecimal(const char *text, uint64_t *number)
{
    size_t length = strspn(text, "0123456789abcdefABCDEF");
    if (length == 0 || length > 16 || text[length])
        return -1;
    *number = strtoull(text, NULL, 16);
    return 0;
}

int parse_checksum(const char *text, char checksum[17])
{
    if (strspn(text, "0123456789abcdef") != 16 || text[16])
        return -1;
    memcpy(checksum, text, 17);
    return 0;
}

int parse_decimals(const char *text, uint64_t *numbers, size_t capacity)
{
    for (size_t count = 0; count < capacity; count++) {
        size_t length = strcspn(text, ",");
        char number[24];
        if (length >= sizeof number)
            return -1;
        memcpy(number, text, length);
        number[length] = '\0';
        if (parse_decimal(number, &numbers[count]) < 0)
            return -1;
        if (!text[length])
            return (int)count + 1;
        text += length + 1;
    }
    return -1;
}
