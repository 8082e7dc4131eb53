/* family.c: members speak over socket pairs made before the first fork; the
 * address of a task means the same in all of them. */
#include "tests/family.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE_BYTES 4096

struct order {
    family_task *task;
    long first, count;
};

/* What the members know, each in its own copy. */
static int pairs[FAMILY_MEMBERS][2];
static char *area;

static void must(int condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

/* Runs the tasks that come in until the other side closes. */
static void obey(int member)
{
    int socket = pairs[member][1];
    struct order order;

    while (read(socket, &order, sizeof order) == sizeof order) {
        long result = order.task(area, order.first, order.count);
        must(write(socket, &result, sizeof result) == sizeof result, "write");
    }
    _exit(0);
}

static void close_all_but(int member)
{
    for (int i = 0; i < FAMILY_MEMBERS; i++) {
        if (i != member && pairs[i][1] >= 0)
            close(pairs[i][1]);
    }
}

static long fork_worker(char *unused, long index, long count)
{
    (void)unused, (void)count;
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        close_all_but((int)index);
        obey((int)index);
    }
    close(pairs[index][1]);
    pairs[index][1] = -1;
    return pid;
}

static long reap_worker(char *unused, long pid, long count)
{
    (void)unused, (void)count;
    return waitpid((pid_t)pid, NULL, 0);
}

static long tell_area(char *address, long first, long count)
{
    (void)first, (void)count;
    return (long)address;
}

/* Pages that nobody may touch lie on both sides: no other mapping begins where
 * the area ends. */
static char *map_area(size_t bytes)
{
    char *start = mmap(NULL, bytes + 2 * PAGE_BYTES, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(start != MAP_FAILED, "mmap");
    must(mprotect(start + PAGE_BYTES, bytes, PROT_READ | PROT_WRITE) == 0,
         "mprotect");
    return start + PAGE_BYTES;
}

void family_start(struct family *family, uint64_t bytes)
{
    for (int i = 0; i < FAMILY_MEMBERS; i++) {
        must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pairs[i]) == 0,
             "socketpair");
        family->socket[i] = pairs[i][0];
        family->pid[i] = -1;
    }
    /* Workers whose template was killed come to us to be waited for. */
    must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "prctl");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        for (int i = 0; i < FAMILY_MEMBERS; i++)
            close(pairs[i][0]);
        area = map_area(bytes);
        /* A kernel without huge pages refuses this, which is as good. */
        madvise(area, bytes, MADV_NOHUGEPAGE);
        obey(FAMILY_TEMPLATE);
    }
    for (int i = 0; i < FAMILY_MEMBERS; i++)
        close(pairs[i][1]);
    family->pid[FAMILY_TEMPLATE] = pid;
    family->area =
        (uint64_t)family_do(family, FAMILY_TEMPLATE, tell_area, 0, 0);
}

long family_do(const struct family *family, int member, family_task *task,
               long first, long count)
{
    struct order order = {task, first, count};
    long result;

    must(send(family->socket[member], &order, sizeof order, MSG_NOSIGNAL) ==
             sizeof order,
         "send");
    must(read(family->socket[member], &result, sizeof result) == sizeof result,
         "read");
    return result;
}

void family_fork(struct family *family)
{
    for (int i = 0; i < FAMILY_WORKERS; i++)
        family->pid[i] =
            (pid_t)family_do(family, FAMILY_TEMPLATE, fork_worker, i, 0);
    /* A worker that answers has finished starting. */
    for (int i = 0; i < FAMILY_WORKERS; i++)
        family_do(family, i, tell_area, 0, 0);
}

void family_end(struct family *family, int member)
{
    if (family->pid[member] < 0)
        return;
    close(family->socket[member]);
    if (member != FAMILY_TEMPLATE && family->pid[FAMILY_TEMPLATE] > 0)
        family_do(family, FAMILY_TEMPLATE, reap_worker, family->pid[member], 0);
    else
        must(waitpid(family->pid[member], NULL, 0) > 0, "waitpid");
    family->pid[member] = -1;
}

void family_stop(struct family *family)
{
    for (int i = 0; i < FAMILY_MEMBERS; i++)
        family_end(family, i);
}
