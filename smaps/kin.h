/* kin.h: a process and all that descend from it, found by the parents that
 * /proc names.
 *
 * A child that was forked has its parent's program in its memory: code and
 * stack begin at the same addresses.  One that has started a program of its own
 * (exec) inherited nothing, whatever lies at equal addresses. */
#ifndef SMAPS_KIN_H
#define SMAPS_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kin {
    pid_t pid, parent;
    uint64_t start_time;  /* ticks since boot: tells pids used again apart */
    uint64_t code, stack; /* addresses where they begin; 0: may not be read */
    char state;           /* 'Z': ended, not waited for yet */
    char name[16];        /* of the command, cut as the kernel does */
};

/* Parses the text of a stat file.  Returns 0 or -EBADMSG. */
int kin_parse(const char *text, struct kin *kin);

/* Reads a process.  Returns 0 or a negative errno: -ESRCH when it is gone. */
int kin_read(pid_t pid, struct kin *kin);

/* Lists a process and its descendants that have not ended, each after its
 * parent; the caller frees the list.  Returns 0 or a negative errno: -ESRCH
 * when the process itself has ended. */
int kin_list(pid_t root, struct kin **list, size_t *count);

/* The same with those that were listed before, even where their parent has left
 * since and another has adopted them, and their descendants. */
int kin_list_again(pid_t root, const struct kin *known, size_t known_count,
                   struct kin **list, size_t *count);

/* Whether both run the same program, the one being forked from the other. */
bool kin_same_program(const struct kin *one, const struct kin *other);

/* Whether two processes run in the same memory, as after vfork.  Returns 1, 0
 * or a negative errno: -ESRCH when one is gone, another where the kernel does
 * not tell. */
int kin_same_memory(pid_t one, pid_t other);

#endif
