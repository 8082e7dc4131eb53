/* text.c: reading a file of unknown size, growing the buffer as needed. */
#include "smaps/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CAPACITY 16384u

/* Appends all that the descriptor gives to a buffer that starts empty. */
static int read_all(int descriptor, char **text, size_t *length)
{
    size_t capacity = FIRST_CAPACITY, used = 0;
    char *buffer = malloc(capacity);

    for (;;) {
        if (!buffer)
            return -ENOMEM;
        ssize_t got = read(descriptor, buffer + used, capacity - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int failure = errno;
            free(buffer);
            return -failure;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (capacity - used > 1)
            continue;
        capacity *= 2;
        char *grown = realloc(buffer, capacity);
        if (!grown)
            free(buffer);
        buffer = grown;
    }
    buffer[used] = '\0';
    *text = buffer;
    *length = used;
    return 0;
}

int text_read(const char *path, char **text, size_t *length)
{
    size_t ignored;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return -errno;
    int result = read_all(descriptor, text, length ? length : &ignored);
    close(descriptor);
    return result;
}

/* The kernel tells of mappings in pieces, each of the moment that it is read,
 * and ends the file when the process has ended meanwhile.  The descriptor is of
 * the memory that it was opened for: once that is gone, or another program has
 * taken its place, the beginning cannot be read either. */
static bool may_be_cut(int descriptor, const char *name)
{
    char byte;

    return (strcmp(name, "maps") == 0 || strcmp(name, "smaps") == 0) &&
           pread(descriptor, &byte, 1, 0) != 1;
}

int text_read_process(pid_t pid, const char *name, char **text, size_t *length)
{
    char path[64];
    size_t size = 0;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    int result = read_all(descriptor, text, &size);
    if (!result && (size == 0 || may_be_cut(descriptor, name))) {
        free(*text);
        result = -ESRCH;
    }
    close(descriptor);
    if (!result && length)
        *length = size;
    return result;
}
