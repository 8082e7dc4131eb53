/* output.c: the tail of what is written; see output.h. */
#include "harness/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK  65536 /* a pipe's worth */
#define CHUNKS 16    /* of one taking */

int output_open(struct output *output, int *writer)
{
    int ends[2];
    output_close(output);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    output->reader = ends[0];
    output->bytes = output->length = 0;
    *writer = ends[1];
    return 0;
}

void output_close(struct output *output)
{
    if (output->reader >= 0)
        close(output->reader);
    output->reader = -1;
}

static void append(struct output *output, const char *text, size_t length)
{
    output->bytes += length;
    if (length > OUTPUT_TAIL) {
        text += length - OUTPUT_TAIL;
        length = OUTPUT_TAIL;
    }
    size_t kept = output->length;
    if (kept > OUTPUT_TAIL - length)
        kept = OUTPUT_TAIL - length;
    memmove(output->tail, output->tail + output->length - kept, kept);
    memcpy(output->tail + kept, text, length);
    output->length = kept + length;
}

void output_take(struct output *output)
{
    static char chunk[CHUNK];
    for (int i = 0; i < CHUNKS && output->reader >= 0; i++) {
        ssize_t got = read(output->reader, chunk, sizeof chunk);
        if (got < 0)
            return;
        if (got == 0)
            output_close(output);
        append(output, chunk, (size_t)got);
    }
}
