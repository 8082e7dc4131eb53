/* owner.c: names of what outlives a process; see owner.h. */
#include "harness/owner.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "smaps/stat.h"
#include "smaps/text.h"

#define STAT_START 22u /* in clock ticks since the boot: proc(5) */

/* 0 when there is no such process. */
static uint64_t start_of(pid_t pid)
{
    static const unsigned field[] = {STAT_START};
    char *text;
    uint64_t start = 0;
    if (text_read_process(pid, "stat", &text, NULL) == 0) {
        if (stat_numbers(text, field, 1, &start) < 0)
            start = 0;
        free(text);
    }
    return start;
}

void owner_name(char name[OWNER_NAME_SIZE])
{
    snprintf(name, OWNER_NAME_SIZE, "cowlab-%d-%llu", (int)getpid(),
             (unsigned long long)start_of(getpid()));
}

bool owner_gone(const char *name)
{
    unsigned long long start;
    int pid;
    return sscanf(name, "cowlab-%d-%llu", &pid, &start) == 2 && pid > 0 &&
           start_of(pid) != start;
}
