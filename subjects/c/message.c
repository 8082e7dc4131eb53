/* message.c: see message.h. */
#include "subjects/c/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The longest message of the protocol, either way. */
#define MESSAGE_BYTES ((size_t)1 << 20)

static int connection = -1;

static struct {
    char *bytes;   /* MESSAGE_BYTES, made when there is somebody to talk to */
    size_t length; /* received */
    size_t taken;  /* of these, already handed out as a line */
} request;

static struct {
    char *bytes;
    size_t length;
} answer;

static _Noreturn void message_fail(const char *action)
{
    fprintf(stderr, "subject: cannot %s: %s\n", action, strerror(errno));
    exit(EXIT_FAILURE);
}

void message_connect(void)
{
    const char *name = getenv("COWLAB_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (name == NULL || strlen(name) >= sizeof address.sun_path) {
        errno = EINVAL;
        message_fail("use the socket that COWLAB_SOCKET names");
    }
    strcpy(address.sun_path, name);
    socklen_t length = sizeof address;
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
        length =
            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    }
    if (connection >= 0) {
        close(connection);
    }
    if (request.bytes == NULL) {
        request.bytes = malloc(MESSAGE_BYTES);
        answer.bytes = malloc(MESSAGE_BYTES);
    }
    if (request.bytes == NULL || answer.bytes == NULL) {
        message_fail("make room for messages");
    }
    request.length = request.taken = answer.length = 0;
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 ||
        connect(connection, (struct sockaddr *)&address, length) != 0) {
        message_fail("connect to the supervisor");
    }
}

/* Reads until a whole line is there; returns it, its newline overwritten. */
static char *message_line(void)
{
    memmove(request.bytes, request.bytes + request.taken,
            request.length - request.taken);
    request.length -= request.taken;
    for (;;) {
        char *end = memchr(request.bytes, '\n', request.length);
        if (end != NULL) {
            *end = '\0';
            request.taken = (size_t)(end - request.bytes) + 1;
            return request.bytes;
        }
        if (request.length == MESSAGE_BYTES) {
            errno = EMSGSIZE;
            message_fail("read a request");
        }
        ssize_t got = read(connection, request.bytes + request.length,
                           MESSAGE_BYTES - request.length);
        if (got == 0) {
            exit(EXIT_SUCCESS); /* the supervisor has gone */
        }
        if (got < 0 && errno != EINTR) {
            message_fail("read a request");
        }
        request.length += got > 0 ? (size_t)got : 0;
    }
}

unsigned message_receive(char **words, unsigned most)
{
    unsigned count = 0;
    char *rest = message_line();
    char *word;
    while (count < most && (word = strsep(&rest, " ")) != NULL) {
        if (*word != '\0') {
            words[count++] = word;
        }
    }
    return count;
}

void message_add(const char *format, ...)
{
    size_t room = MESSAGE_BYTES - answer.length;
    va_list arguments;
    va_start(arguments, format);
    int written =
        vsnprintf(answer.bytes + answer.length, room, format, arguments);
    va_end(arguments);
    if (written < 0 || (size_t)written >= room) {
        errno = EMSGSIZE;
        message_fail("write an answer");
    }
    answer.length += (size_t)written;
}

void message_send(void)
{
    message_add("\n");
    size_t sent = 0;
    while (sent < answer.length) {
        ssize_t wrote = send(connection, answer.bytes + sent,
                             answer.length - sent, MSG_NOSIGNAL);
        if (wrote < 0 && errno != EINTR) {
            message_fail("write an answer");
        }
        sent += wrote > 0 ? (size_t)wrote : 0;
    }
    answer.length = 0;
}

void message_error(const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    answer.length = 0;
    message_add("error %s", text);
    message_send();
}

bool message_number(const char *text, uint64_t *number)
{
    if (*text < '0' || *text > '9') {
        return false;
    }
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}
