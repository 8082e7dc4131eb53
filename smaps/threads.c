/* threads.c: see threads.h. */
#include "smaps/threads.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Adds a number to an array that doubles at powers of two. */
static int add(pid_t **list, size_t *count, pid_t pid)
{
    if ((*count & (*count - 1)) == 0) {
        size_t capacity = *count ? 2 * *count : 1;
        pid_t *grown = reallocarray(*list, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        *list = grown;
    }
    (*list)[(*count)++] = pid;
    return 0;
}

int threads_list(pid_t pid, pid_t **list, size_t *count)
{
    char path[64];
    struct dirent *entry;
    int result = 0;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *directory = opendir(path);
    if (!directory)
        return errno == ENOENT ? -ESRCH : -errno;
    *list = NULL;
    *count = 0;
    while (!result && (entry = readdir(directory)))
        if (isdigit((unsigned char)entry->d_name[0]))
            result = add(list, count, (pid_t)strtol(entry->d_name, NULL, 10));
    closedir(directory);
    if (result)
        free(*list);
    return result;
}
