/* conversation.c: questions and answers, one line each; see conversation.h. */
#include "harness/conversation.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/memory.h"

#define QUOTE_LIMIT 80  /* characters of a strange line that are shown */
#define TEXT_LIMIT  400 /* of what the subject says in words */

void conversation_open(struct conversation *conversation, int descriptor)
{
    *conversation = (struct conversation){.descriptor = descriptor};
}

void conversation_close(struct conversation *conversation)
{
    if (conversation->descriptor >= 0)
        close(conversation->descriptor);
    free(conversation->buffer);
    *conversation = (struct conversation){.descriptor = -1};
}

/* A line is quoted with everything unprintable shown as '?'. */
static void quote(char *quoted, const char *text, size_t limit)
{
    size_t length = 0;
    for (; text[length] && length < limit; length++)
        quoted[length] =
            text[length] < ' ' || text[length] > '~' ? '?' : text[length];
    strcpy(quoted + length, text[length] ? "..." : "");
}

enum answer conversation_nonsense(struct conversation *conversation,
                                  const char *why, const char *text)
{
    char quoted[QUOTE_LIMIT + 4];
    quote(quoted, text, QUOTE_LIMIT);
    snprintf(conversation->detail, sizeof conversation->detail, "%s: '%s'", why,
             quoted);
    return ANSWER_NONSENSE;
}

void conversation_expect(struct conversation *conversation)
{
    conversation->length = 0;
    conversation->awaiting = true;
}

enum answer conversation_ask(struct conversation *conversation,
                             const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *line = xmalloc((size_t)length + 2);
    va_start(arguments, format);
    vsnprintf(line, (size_t)length + 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    ssize_t sent = send(conversation->descriptor, line, (size_t)length,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    free(line);
    if (sent < 0 && errno != EAGAIN)
        return ANSWER_CLOSED;
    if (sent < length)
        return ANSWER_STALLED;
    conversation_expect(conversation);
    return ANSWER_OK;
}

/* Room for one more read and a terminator, within the limit of a line. */
static void make_room(struct conversation *conversation)
{
    if (conversation->length + 1 < conversation->capacity)
        return;
    size_t capacity =
        conversation->capacity ? 2 * conversation->capacity : 4096;
    if (capacity > CONVERSATION_LINE_LIMIT + 1)
        capacity = CONVERSATION_LINE_LIMIT + 1;
    conversation->buffer = xrealloc(conversation->buffer, capacity);
    conversation->capacity = capacity;
}

/* The line is complete: is it text at all? */
static enum answer check_line(struct conversation *conversation, size_t length)
{
    char *line = conversation->buffer;
    line[length] = '\0';
    conversation->awaiting = false;
    if (length + 1 < conversation->length)
        return conversation_nonsense(conversation, "more than one line",
                                     line + length + 1);
    if (strlen(line) < length)
        return conversation_nonsense(conversation, "a zero byte after", line);
    json_t *text = json_stringn(line, length);
    if (!text)
        return conversation_nonsense(conversation, "not UTF-8", line);
    json_decref(text);
    return ANSWER_OK;
}

/* Reads what has come.  OK also when the line is not complete yet. */
static enum answer read_some(struct conversation *conversation)
{
    make_room(conversation);
    char *end = conversation->buffer + conversation->length;
    ssize_t got =
        recv(conversation->descriptor, end,
             conversation->capacity - conversation->length - 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return ANSWER_OK;
    if (got <= 0)
        return ANSWER_CLOSED;
    conversation->length += (size_t)got;
    conversation->buffer[conversation->length] = '\0';
    if (!conversation->awaiting)
        return conversation_nonsense(conversation, "it spoke unasked",
                                     conversation->buffer);
    char *newline = memchr(end, '\n', (size_t)got);
    if (newline)
        return check_line(conversation,
                          (size_t)(newline - conversation->buffer));
    if (conversation->length >= CONVERSATION_LINE_LIMIT)
        return conversation_nonsense(conversation, "a line of more than 1 MiB",
                                     conversation->buffer);
    return ANSWER_OK;
}

/* The first conversation that still owes an answer, or `count`. */
static size_t first_awaited(struct conversation *const *list, size_t count)
{
    size_t i = 0;
    while (i < count && !list[i]->awaiting)
        i++;
    return i;
}

static enum answer wait_polled(struct conversation *const *list, size_t count,
                               const struct patience *patience,
                               struct pollfd *polled, size_t *culprit)
{
    while ((*culprit = first_awaited(list, count)) < count) {
        int ready = poll(polled, count + 1, patience_left_ms(patience));
        if (ready < 0 && errno != EINTR)
            return ANSWER_INTERRUPTED;
        if (ready <= 0) {
            if (clock_now() >= patience->deadline_ns)
                return ANSWER_STALLED;
            continue;
        }
        if (polled[count].revents)
            return ANSWER_INTERRUPTED;
        for (size_t i = 0; i < count; i++) {
            if (!polled[i].revents)
                continue;
            if (!list[i]->awaiting)
                list[i]->length = 0;
            enum answer answer = read_some(list[i]);
            if (answer != ANSWER_OK) {
                *culprit = i;
                return answer;
            }
        }
    }
    return ANSWER_OK;
}

enum answer conversation_wait(struct conversation *const *list, size_t count,
                              const struct patience *patience, size_t *culprit)
{
    size_t ignored;
    struct pollfd *polled = xcalloc(count + 1, sizeof *polled);
    for (size_t i = 0; i < count; i++) {
        polled[i].fd = list[i]->descriptor;
        polled[i].events = POLLIN;
    }
    polled[count].fd = patience->interrupt;
    polled[count].events = POLLIN;
    enum answer answer = wait_polled(list, count, patience, polled,
                                     culprit ? culprit : &ignored);
    free(polled);
    return answer;
}

enum answer conversation_answer(struct conversation *conversation,
                                const char *word, struct message *message)
{
    char *line = conversation->buffer;
    *message = (struct message){0};
    if (!strcmp(line, "error") || !strncmp(line, "error ", 6)) {
        quote(conversation->detail, line[5] ? line + 6 : "", TEXT_LIMIT);
        return ANSWER_REFUSED;
    }
    char why[40];
    snprintf(why, sizeof why, "'%s' was due, not", word);
    size_t length = strlen(word);
    if (strncmp(line, word, length) || (line[length] && line[length] != ' '))
        return conversation_nonsense(conversation, why, line);
    char quoted[QUOTE_LIMIT + 1];
    snprintf(quoted, sizeof quoted, "%s", line);
    if (message_parse(line, message) < 0)
        return conversation_nonsense(conversation, "spaces too many in",
                                     quoted);
    return ANSWER_OK;
}
