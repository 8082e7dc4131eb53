/* kin.c: reads the stat file of every process and follows the parents.  The
 * shorter way, /proc/PID/task/TID/children, is not in every kernel, and misses
 * children when others end while it is read. */
#include "smaps/kin.h"

#include "smaps/stat.h"
#include "smaps/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct list {
    struct kin *items;
    size_t count, capacity;
};

static int parse_name(const char *text, struct kin *kin)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');

    if (!open || !close || close < open)
        return -EBADMSG;
    size_t length = (size_t)(close - open) - 1;
    if (length >= sizeof kin->name)
        length = sizeof kin->name - 1;
    memcpy(kin->name, open + 1, length);
    return 0;
}

/* The number that the text begins with. */
static int parse_pid(const char *text, pid_t *pid)
{
    char *end;

    if (!isdigit((unsigned char)*text))
        return -EBADMSG;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end != ' ' || value == 0 || value > INT_MAX)
        return -EBADMSG;
    *pid = (pid_t)value;
    return 0;
}

int kin_parse(const char *text, struct kin *kin)
{
    static const unsigned fields[] = {4, 22, 26, 28};
    uint64_t values[4];
    const char *state = stat_state(text);

    *kin = (struct kin){0};
    if (!state || stat_numbers(text, fields, 4, values) ||
        values[0] > INT_MAX || parse_pid(text, &kin->pid))
        return -EBADMSG;
    kin->parent = (pid_t)values[0];
    kin->start_time = values[1];
    kin->code = values[2];
    kin->stack = values[3];
    kin->state = *state;
    return parse_name(text, kin);
}

static int append(struct list *list, const struct kin *kin)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        struct kin *grown =
            reallocarray(list->items, capacity, sizeof *list->items);
        if (!grown)
            return -ENOMEM;
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = *kin;
    return 0;
}

int kin_read(pid_t pid, struct kin *kin)
{
    char *text;
    int result = text_read_process(pid, "stat", &text, NULL);

    if (result)
        return result;
    result = kin_parse(text, kin);
    free(text);
    return result;
}

/* Adds a process to the list; one that has ended is passed over. */
static int add_process(struct list *list, pid_t pid)
{
    struct kin kin;
    int result = kin_read(pid, &kin);

    if (result == -ESRCH)
        return 0;
    if (result || kin.state == 'Z' || kin.state == 'X')
        return result;
    return append(list, &kin);
}

static int list_all(struct list *list)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    int result = directory ? 0 : -errno;

    while (!result && (entry = readdir(directory))) {
        if (isdigit((unsigned char)*entry->d_name))
            result = add_process(list, (pid_t)atol(entry->d_name));
    }
    if (directory)
        closedir(directory);
    return result;
}

static const struct kin *find(const struct list *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].pid == pid)
            return &list->items[i];
    }
    return NULL;
}

/* Copies one that is not there yet, then all whose parent was copied already.
 */
static int pick(const struct list *all, const struct kin *first,
                struct list *picked)
{
    size_t at = picked->count;

    if (find(picked, first->pid))
        return 0;
    if (append(picked, first))
        return -ENOMEM;
    for (; at < picked->count; at++) {
        pid_t parent = picked->items[at].pid;
        for (size_t i = 0; i < all->count; i++) {
            const struct kin *kin = &all->items[i];
            if (kin->parent == parent && !find(picked, kin->pid) &&
                append(picked, kin))
                return -ENOMEM;
        }
    }
    return 0;
}

static int pick_all(const struct list *all, pid_t root, const struct kin *known,
                    size_t known_count, struct list *picked)
{
    const struct kin *first = find(all, root);
    int result = first ? pick(all, first, picked) : -ESRCH;

    for (size_t i = 0; !result && i < known_count; i++) {
        const struct kin *kin = find(all, known[i].pid);
        if (kin && kin->start_time == known[i].start_time)
            result = pick(all, kin, picked);
    }
    return result;
}

int kin_list_again(pid_t root, const struct kin *known, size_t known_count,
                   struct kin **list, size_t *count)
{
    struct list all = {0}, picked = {0};
    int result = list_all(&all);

    if (!result)
        result = pick_all(&all, root, known, known_count, &picked);
    free(all.items);
    if (result) {
        free(picked.items);
        return result;
    }
    *list = picked.items;
    *count = picked.count;
    return 0;
}

int kin_list(pid_t root, struct kin **list, size_t *count)
{
    return kin_list_again(root, NULL, 0, list, count);
}

bool kin_same_program(const struct kin *one, const struct kin *other)
{
    return one->code == other->code && one->stack == other->stack;
}

int kin_same_memory(pid_t one, pid_t other)
{
    long order = syscall(SYS_kcmp, one, other, KCMP_VM, 0UL, 0UL);

    return order < 0 ? -errno : order == 0;
}
