/* probe-case.c: see probe-case.h. */
#include "smaps/probe-case.h"

#include "smaps/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

const struct probe_answer probe_yes = {.verdict = PROBE_YES};

char *probe_map(size_t pages)
{
    size_t bytes = pages * PAGEMAP_PAGE_SIZE;
    void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (area == MAP_FAILED)
        return NULL;
    /* A kernel without huge pages refuses this, which is as good. */
    madvise(area, bytes, MADV_NOHUGEPAGE);
    return area;
}

void probe_unmap(char *area, size_t pages)
{
    if (area)
        munmap(area, pages * PAGEMAP_PAGE_SIZE);
}

void probe_write(char *area, size_t page)
{
    ((volatile char *)area)[page * PAGEMAP_PAGE_SIZE]++;
}

/* It does not outlive who asks, whatever happens to that. */
static _Noreturn void be_child(int (*task)(char *area), char *area, int report,
                               pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    int failure = task(area);

    if (write(report, &failure, sizeof failure) == sizeof failure) {
        for (;;)
            pause();
    }
    _exit(1);
}

int probe_fork(struct probe_child *child, int (*task)(char *area), char *area)
{
    int ends[2];

    *child = (struct probe_child){.pid = -1};
    if (!area)
        return -ENOMEM;
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0)
        be_child(task, area, ends[1], parent);
    int result = child->pid < 0 ? -errno : 0;
    close(ends[1]);
    if (!result && read(ends[0], &child->failure, sizeof child->failure) !=
                       sizeof child->failure)
        result = -ECHILD;
    close(ends[0]);
    return result ? result : child->failure;
}

void probe_end(struct probe_child *child)
{
    if (child->pid < 0)
        return;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int probe_entries(pid_t pid, const char *area, uint64_t *entries, size_t count)
{
    int pagemap = pagemap_open(pid);

    if (pagemap < 0)
        return pagemap;
    int result = pagemap_read(pagemap, (uintptr_t)area, entries, count);
    close(pagemap);
    return result;
}

struct probe_answer probe_answer(enum probe_verdict verdict, const char *format,
                                 ...)
{
    struct probe_answer answer = {.verdict = verdict};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(answer.why, sizeof answer.why, format, arguments);
    va_end(arguments);
    return answer;
}

struct probe_answer probe_refused(const char *call, int failure)
{
    return probe_answer(PROBE_NO, "%s: %s", call, strerror(-failure));
}
