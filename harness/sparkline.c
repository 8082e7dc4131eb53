/* sparkline.c: see sparkline.h. */
#include "harness/sparkline.h"

#include <string.h>

#include "harness/memory.h"

#define BLOCK_BYTES 3

char *sparkline(const double *numbers, size_t count, double highest)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄",
                                         "▅", "▆", "▇", "█"};
    enum { HEIGHTS = sizeof blocks / sizeof *blocks };
    char *text = xcalloc(count, BLOCK_BYTES + 1), *at = text;
    for (size_t i = 0; i < count; i++) {
        double height = highest > 0 ? numbers[i] / highest * HEIGHTS : 0;
        if (!(height > 0))
            *at++ = ' ';
        else
            at = stpcpy(
                at, blocks[height < HEIGHTS ? (size_t)height : HEIGHTS - 1]);
    }
    return text;
}
