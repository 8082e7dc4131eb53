/* message.h: one line of the subject protocol, taken apart.
 *
 * A message is a word and then items: key=value pairs or plain words, separated
 * by single spaces.  See subjects/PROTOCOL.md. */
#ifndef HARNESS_MESSAGE_H
#define HARNESS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct message_item {
    char *key;   /* NULL for a plain word */
    char *value; /* the value, or the plain word */
};

struct message {
    char *word;
    struct message_item *items;
    size_t count;
};

/* Takes a line apart in place: the message points into it.  Returns 0, or -1
 * when the line is empty, has a space too many or an empty key.  Free with
 * message_clear. */
int message_parse(char *line, struct message *message);
void message_clear(struct message *message);

/* The value of a key, or NULL. */
char *message_value(const struct message *message, const char *key);

/* The value of a key as a number.  Returns 0, or -1 when it is absent or not a
 * number. */
int message_number(const struct message *message, const char *key,
                   uint64_t *number);

/* Whole texts as numbers: digits alone, at least one, no sign.  Decimal numbers
 * up to 2^63-1, the largest that a result can hold; hexadecimal ones up to
 * 2^64-1.  Return 0 or -1. */
int parse_decimal(const char *text, uint64_t *number);
int parse_hexadecimal(const char *text, uint64_t *number);

/* A checksum: exactly 16 lower-case hexadecimal digits.  Returns 0 or -1. */
int parse_checksum(const char *text, char checksum[17]);

/* Decimal numbers separated by commas, at most `capacity` of them.  Returns how
 * many, or -1. */
int parse_decimals(const char *text, uint64_t *numbers, size_t capacity);

#endif
