/* prefork.c: a prefork server whose pages are known by construction.
 *
 *   tests/prefork PAGES
 *
 * Starts a template that writes all pages of an area and forks three workers,
 * prints "TEMPLATE WORKER WORKER WORKER" (pids), then does what the lines of
 * standard input say, answering each with "done", until the input ends:
 *   break W N    worker W writes the first N pages of the area
 *   rewrite W N  worker W writes into them what they hold
 *   collect W N  a function by the name of one of CPython's collector does
 *   fill W N     the kernel writes them for worker W, by read(2)
 *   set W N      libc's memset writes them for worker W
 *   fresh W N    worker W maps and writes N pages more
 *   spawn W      worker W runs another program, as posix_spawn does
 *   lend W N     a child in the memory of worker W writes the first N pages
 *                of the area, and stays a while
 *   code W N     worker W maps N pages of code that is of no file
 *   load W N     worker W maps N pages of its program as code, in place of the
 *                last time's
 *   make W N     the kernel makes N pages more for worker W, all at once
 *   bear W       worker W bears a child that writes these pages and ends
 *   grow W N     the heap of worker W grows by N pages, which it writes
 *   write N      the template writes the last N pages of the area
 *   discard W N  worker W unmaps the last N pages of the area
 *   end W        worker W ends and is waited for
 *   kill         all workers are killed, and when they are gone the template */
#include "tests/family.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096

static long write_pages(char *area, long first, long count)
{
    for (long i = first; i < first + count; i++)
        ((volatile char *)area)[i * PAGE_BYTES]++;
    return 0;
}

static long rewrite_pages(char *area, long first, long count)
{
    volatile char *page = area + first * PAGE_BYTES;

    for (long i = 0; i < count; i++, page += PAGE_BYTES)
        *page = *page;
    return 0;
}

static long visit_decref(char *area, long first, long count)
{
    for (long i = first; i < first + count; i++)
        ((volatile char *)area)[i * PAGE_BYTES]--;
    return count;
}

static long fill_pages(char *area, long first, long count)
{
    int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    ssize_t got =
        read(zeros, area + first * PAGE_BYTES, (size_t)count * PAGE_BYTES);

    if (got != count * PAGE_BYTES)
        abort();
    return close(zeros);
}

static long set_pages(char *area, long first, long count)
{
    memset(area + first * PAGE_BYTES, 's', (size_t)count * PAGE_BYTES);
    return count > 0 ? 0 : -1;
}

static long unmap_pages(char *area, long first, long count)
{
    return munmap(area + first * PAGE_BYTES, (size_t)count * PAGE_BYTES);
}

static long fresh_pages(char *area, long first, long count)
{
    char *fresh = mmap(NULL, (size_t)count * PAGE_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)area;
    if (fresh == MAP_FAILED)
        abort();
    madvise(fresh, (size_t)count * PAGE_BYTES, MADV_NOHUGEPAGE);
    return write_pages(fresh, first, count);
}

static long spawn_program(char *area, long first, long count)
{
    char *arguments[] = {"true", NULL};
    pid_t pid;

    (void)area, (void)first, (void)count;
    if (posix_spawnp(&pid, "true", NULL, NULL, arguments, environ))
        abort();
    return waitpid(pid, NULL, 0);
}

struct loan {
    char *area;
    long count;
};

static int use_loan(void *argument)
{
    const struct loan *loan = argument;
    struct timespec while_looked_at = {.tv_nsec = 100000000};

    write_pages(loan->area, 0, loan->count);
    nanosleep(&while_looked_at, NULL);
    return 0;
}

static long lend_memory(char *area, long first, long count)
{
    static _Alignas(16) char stack[65536];
    struct loan loan = {area, count};
    int pid = clone(use_loan, stack + sizeof stack,
                    CLONE_VM | CLONE_VFORK | SIGCHLD, &loan);

    (void)first;
    if (pid < 0)
        abort();
    return waitpid(pid, NULL, 0);
}

static long map_code(char *area, long first, long count)
{
    void *code = mmap(NULL, (size_t)count * PAGE_BYTES, PROT_READ | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)area, (void)first;
    return code == MAP_FAILED ? -1 : 0;
}

static long load_program(char *area, long first, long count)
{
    static void *loaded;
    static size_t loaded_bytes;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)area, (void)first;
    if (loaded)
        munmap(loaded, loaded_bytes);
    loaded_bytes = (size_t)count * PAGE_BYTES;
    loaded =
        mmap(NULL, loaded_bytes, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    if (loaded == MAP_FAILED)
        abort();
    return close(file);
}

static char *made;
static long made_count;

static long make_pages(char *area, long first, long count)
{
    (void)area, (void)first;
    made = mmap(NULL, (size_t)count * PAGE_BYTES, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (made == MAP_FAILED)
        abort();
    made_count = count;
    return 0;
}

static long bear_child(char *area, long first, long count)
{
    pid_t pid = fork();

    (void)area, (void)first, (void)count;
    if (pid < 0)
        abort();
    if (pid == 0)
        _exit((int)write_pages(made, 0, made_count));
    return waitpid(pid, NULL, 0);
}

static long grow_heap(char *area, long first, long count)
{
    char *end = sbrk(0);
    size_t odd = (size_t)end % PAGE_BYTES;

    (void)area;
    if (odd > 0)
        sbrk((intptr_t)(PAGE_BYTES - odd));
    char *grown = sbrk((intptr_t)(count * PAGE_BYTES));
    if (grown == (char *)-1)
        abort();
    return write_pages(grown, first, count);
}

static void obey(struct family *family, const char *word, int first, long pages)
{
    long second = 0;
    const char *rest = strchr(word, ' ');

    if (rest)
        sscanf(rest, "%d %ld", &first, &second);
    if (!strncmp(word, "break", 5))
        family_do(family, first, write_pages, 0, second);
    else if (!strncmp(word, "rewrite", 7))
        family_do(family, first, rewrite_pages, 0, second);
    else if (!strncmp(word, "collect", 7))
        family_do(family, first, visit_decref, 0, second);
    else if (!strncmp(word, "fill", 4))
        family_do(family, first, fill_pages, 0, second);
    else if (!strncmp(word, "set", 3))
        family_do(family, first, set_pages, 0, second);
    else if (!strncmp(word, "fresh", 5))
        family_do(family, first, fresh_pages, 0, second);
    else if (!strncmp(word, "code", 4))
        family_do(family, first, map_code, 0, second);
    else if (!strncmp(word, "load", 4))
        family_do(family, first, load_program, 0, second);
    else if (!strncmp(word, "discard", 7))
        family_do(family, first, unmap_pages, pages - second, second);
    else if (!strncmp(word, "spawn", 5))
        family_do(family, first, spawn_program, 0, 0);
    else if (!strncmp(word, "lend", 4))
        family_do(family, first, lend_memory, 0, second);
    else if (!strncmp(word, "bear", 4))
        family_do(family, first, bear_child, 0, 0);
    else if (!strncmp(word, "make", 4))
        family_do(family, first, make_pages, 0, second);
    else if (!strncmp(word, "grow", 4))
        family_do(family, first, grow_heap, 0, second);
    else if (!strncmp(word, "write", 5))
        family_do(family, FAMILY_TEMPLATE, write_pages, pages - first, first);
    else if (!strncmp(word, "end", 3))
        family_end(family, first);
    else if (!strncmp(word, "kill", 4)) {
        for (int i = 0; i < FAMILY_WORKERS; i++)
            if (family->pid[i] > 0) /* -1, of one that ended, means everybody */
                kill(family->pid[i], SIGKILL);
        for (int i = 0; i < FAMILY_WORKERS; i++)
            family_end(family, i);
        kill(family->pid[FAMILY_TEMPLATE], SIGKILL);
        exit(EXIT_SUCCESS);
    }
}

int main(int argc, char **argv)
{
    struct family family;
    char line[128];
    long pages = argc > 1 ? atol(argv[1]) : 1024;

    family_start(&family, (uint64_t)pages * PAGE_BYTES);
    family_do(&family, FAMILY_TEMPLATE, write_pages, 0, pages);
    family_fork(&family);
    printf("%d %d %d %d\n", (int)family.pid[FAMILY_TEMPLATE],
           (int)family.pid[0], (int)family.pid[1], (int)family.pid[2]);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        obey(&family, line, 0, pages);
        puts("done");
        fflush(stdout);
    }
    family_stop(&family);
    return 0;
}
