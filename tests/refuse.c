/* refuse.c: runs a program to which the kernel refuses some system calls, as an
 * older kernel (ENOSYS) or a container's filter (EPERM) does.
 *
 *   tests/refuse ENOSYS|EPERM CALL... -- PROGRAM [ARGUMENT...] */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_CALLS 16

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"kcmp", SYS_kcmp},
    {"perf_event_open", SYS_perf_event_open},
    {"pidfd_open", SYS_pidfd_open},
    {"userfaultfd", SYS_userfaultfd},
};

static unsigned number_of(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(name, calls[i].name) == 0)
            return calls[i].number;
    }
    fprintf(stderr, "refuse: unknown system call '%s'\n", name);
    exit(EXIT_FAILURE);
}

static void refuse(char **names, int count, unsigned failure)
{
    struct sock_filter code[2 * MOST_CALLS + 2];
    struct sock_fprog program = {.filter = code};
    unsigned short at = 0;

    code[at++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < count; i++) {
        code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                  number_of(names[i]), 0, 1);
        code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
                                                  SECCOMP_RET_ERRNO | failure);
    }
    code[at++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = at;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("refuse: seccomp");
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    int dashes = 2;

    while (dashes < argc && strcmp(argv[dashes], "--") != 0)
        dashes++;
    if (dashes + 1 >= argc || dashes - 2 > MOST_CALLS) {
        fprintf(stderr, "Usage: refuse ENOSYS|EPERM CALL... -- PROGRAM...\n");
        return EXIT_FAILURE;
    }
    refuse(argv + 2, dashes - 2,
           strcmp(argv[1], "ENOSYS") == 0 ? ENOSYS : EPERM);
    execvp(argv[dashes + 1], argv + dashes + 1);
    perror(argv[dashes + 1]);
    return EXIT_FAILURE;
}
