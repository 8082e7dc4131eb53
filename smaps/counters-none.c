/* counters-none.c: stands in where libpfm4 was not found: every event is
 * refused with the reason. */
#include "smaps/counters.h"

#include <errno.h>
#include <stdio.h>

static const char reason[] = "cowlab was built without libpfm4: install "
                             "libpfm4-dev and configure again";

int counter_check(const char *name, char *why)
{
    (void)name;
    snprintf(why, COUNTER_WHY_SIZE, "%s", reason);
    return -ENOSYS;
}

void counter_open(const char *name, pid_t pid, struct counter *counter)
{
    (void)pid;
    *counter = (struct counter){.descriptor = -1};
    counter_check(name, counter->why);
}

int counter_read(const struct counter *counter, struct counter_value *value)
{
    (void)counter;
    *value = (struct counter_value){0};
    return -EBADF;
}

void counter_close(struct counter *counter)
{
    counter->descriptor = -1;
}
