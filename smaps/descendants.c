/* descendants.c: reads who is whose parent for all processes at once: the file
 * /proc/PID/task/TID/children is not in every kernel. */
#include "smaps/descendants.h"

#include "smaps/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds a number to an array that doubles at powers of two. */
static int add(struct descendants *list, pid_t pid)
{
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count ? 2 * list->count : 1;
        pid_t *grown = reallocarray(list->pids, capacity, sizeof *grown);
        if (!grown)
            return -ENOMEM;
        list->pids = grown;
    }
    list->pids[list->count++] = pid;
    return 0;
}

static void clear(struct descendants *list)
{
    free(list->pids);
    *list = (struct descendants){0};
}

/* Reads the entries of a directory that are numbers. */
static int read_numbers(const char *path, struct descendants *numbers)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    int result = 0;

    *numbers = (struct descendants){0};
    if (!directory)
        return errno == ENOENT ? -ESRCH : -errno;
    while (!result && (entry = readdir(directory)))
        if (isdigit((unsigned char)entry->d_name[0]))
            result = add(numbers, (pid_t)strtol(entry->d_name, NULL, 10));
    closedir(directory);
    if (result)
        clear(numbers);
    return result;
}

int threads_read(pid_t pid, struct descendants *threads)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    return read_numbers(path, threads);
}

pid_t parent_read(pid_t pid)
{
    char *text, state;
    int parent;
    int result = text_read_process(pid, "stat", &text, NULL);

    if (result)
        return result;
    const char *after = strrchr(text, ')'); /* the command may hold one */
    if (!after || sscanf(after + 1, " %c %d", &state, &parent) != 2)
        parent = -EBADMSG;
    free(text);
    return parent;
}

static bool holds(const struct descendants *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->pids[i] == pid)
            return true;
    return false;
}

/* Adds the children of those listed, until there are no more of them. */
static int add_children(const struct descendants *all, const pid_t *parents,
                        struct descendants *descendants)
{
    for (size_t i = 0; i < descendants->count; i++) {
        for (size_t j = 0; j < all->count; j++) {
            if (parents[j] != descendants->pids[i] ||
                holds(descendants, all->pids[j]))
                continue;
            if (add(descendants, all->pids[j]))
                return -ENOMEM;
        }
    }
    return 0;
}

int descendants_read(pid_t pid, struct descendants *descendants)
{
    struct descendants all;
    int result = read_numbers("/proc", &all);

    *descendants = (struct descendants){0};
    if (result)
        return result;
    pid_t *parents = calloc(all.count + 1, sizeof *parents);
    result = parents ? 0 : -ENOMEM;
    /* One that is gone by now has no parent. */
    for (size_t i = 0; !result && i < all.count; i++)
        parents[i] = parent_read(all.pids[i]);
    if (!result)
        result = holds(&all, pid) ? add(descendants, pid) : -ESRCH;
    if (!result)
        result = add_children(&all, parents, descendants);
    free(parents);
    clear(&all);
    if (result)
        clear(descendants);
    return result;
}
