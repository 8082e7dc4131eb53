/* schedule.c: see schedule.h. */
#include "subjects/c/schedule.h"

#include "subjects/c/message.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define NS_PER_SECOND UINT64_C(1000000000)

/* Far from the end of 64 bits, so that no sum overflows: 36 years, and a time
 * of the clock as long. */
#define NS_MOST (UINT64_C(1) << 60)

static bool take_offsets(char *list, uint64_t start_ns, unsigned requests,
                         uint64_t *due_ns)
{
    uint64_t offset = 0;
    for (unsigned i = 0; i < requests; i++) {
        uint64_t before = offset;
        char *text = strsep(&list, ",");
        if (text == NULL || !message_number(text, &offset) || offset < before ||
            offset > NS_MOST) {
            return false;
        }
        due_ns[i] = start_ns + offset;
    }
    return list == NULL;
}

bool schedule_take(char **words, unsigned count, unsigned requests,
                   uint64_t *due_ns)
{
    uint64_t start_ns;
    uint64_t interval_ns;
    if (count != 4 || strcmp(words[0], "at") != 0 ||
        !message_number(words[1], &start_ns) || start_ns > NS_MOST) {
        return false;
    }
    if (strcmp(words[2], "plus") == 0) {
        return take_offsets(words[3], start_ns, requests, due_ns);
    }
    if (strcmp(words[2], "every") != 0 ||
        !message_number(words[3], &interval_ns) ||
        interval_ns > NS_MOST / requests) {
        return false;
    }
    for (unsigned i = 0; i < requests; i++) {
        due_ns[i] = start_ns + i * interval_ns;
    }
    return true;
}

void schedule_wait(uint64_t due_ns)
{
    struct timespec due = {.tv_sec = (time_t)(due_ns / NS_PER_SECOND),
                           .tv_nsec = (long)(due_ns % NS_PER_SECOND)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) ==
           EINTR) {
    }
}
