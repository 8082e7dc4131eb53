/* duration.c: see duration.h. */
#include "harness/duration.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 31536e12 /* a year of nanoseconds */

int duration_parse(const char *text, uint64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {
        {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}, {"", 1e9},
    };
    char *end;

    /* strtod would take signs, "inf" and hexadecimal numbers too. */
    if (!isdigit((unsigned char)*text) || strpbrk(text, "xXeE"))
        return -1;
    double number = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].name))
            continue;
        double product = number * units[i].ns;
        if (product < 1e6 || product > LONGEST)
            return -1;
        *ns = (uint64_t)product;
        return 0;
    }
    return -1;
}
