/* unit-guard.c: what the guard leaves when its supervisor is killed. */
#include "harness/clock.h"
#include "harness/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE (5 * NS_PER_SECOND)
#define PAUSE_US 5000

static char *const sleeper[] = {"sleep", "1000", NULL};

/* What the supervisor tells the test, in memory that both have. */
struct told {
    pid_t subject, heir; /* the heir has what the supervisor had open */
    int ready;
};

static struct told *told;

static _Noreturn void supervise(const char *swap, const char *kept)
{
    struct error error;
    if (guard_open(&error) == 0 && guard_swap(swap, &error) == 0 &&
        guard_swap(kept, &error) == 0 && guard_forget(kept, &error) == 0)
        told->subject = guard_start(sleeper, "@nobody", &error);
    pid_t heir = fork();
    if (heir == 0)
        for (;;)
            pause();
    told->heir = heir;
    __atomic_store_n(&told->ready, 1, __ATOMIC_RELEASE);
    for (;;)
        pause();
}

static bool runs(pid_t pid)
{
    return kill(pid, 0) == 0;
}

static bool soon(bool (*gone)(const void *), const void *what)
{
    uint64_t deadline = clock_now() + PATIENCE;
    while (!gone(what) && clock_now() < deadline)
        usleep(PAUSE_US);
    return gone(what);
}

static bool process_is_gone(const void *pid)
{
    return !runs(*(const pid_t *)pid);
}

static bool file_is_gone(const void *path)
{
    return access(path, F_OK) < 0 && errno == ENOENT;
}

static bool is_ready(const void *ready)
{
    return __atomic_load_n((const int *)ready, __ATOMIC_ACQUIRE) != 0;
}

static void make_file(char *path)
{
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
}

/* An heir that holds the supervisor's end of the socket keeps the guard from
 * nothing. */
static void all_goes_when_the_supervisor_is_killed(void **state)
{
    (void)state;
    char swap[] = "/tmp/unit-guard.XXXXXX", kept[] = "/tmp/unit-guard.XXXXXX";
    make_file(swap);
    make_file(kept);
    pid_t supervisor = fork();
    if (supervisor == 0)
        supervise(swap, kept);
    assert_true(soon(is_ready, &told->ready));
    assert_true(told->subject > 0);
    assert_true(told->heir > 0);
    assert_true(runs(told->subject));
    kill(supervisor, SIGKILL);
    waitpid(supervisor, NULL, 0);
    bool ended = soon(process_is_gone, &told->subject);
    bool removed = soon(file_is_gone, swap);
    kill(told->heir, SIGKILL);
    assert_true(ended);
    assert_true(removed);
    assert_int_equal(unlink(kept), 0);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    char *const nothing[] = {"/nowhere/nothing", NULL};
    struct error error;
    assert_int_equal(guard_open(&error), 0);
    assert_int_equal(guard_start(nothing, "@nobody", &error), -1);
    assert_string_equal(
        error.text, "cannot start /nowhere/nothing: No such file or directory");
    guard_close();
}

static void an_end_is_told_and_the_pid_stays_taken(void **state)
{
    (void)state;
    char *const saying[] = {"sh", "-c", "echo last words; exit 7", NULL};
    struct error error;
    bool signalled;
    int number;
    uint64_t bytes, deadline = clock_now() + PATIENCE;
    size_t length;
    assert_int_equal(guard_open(&error), 0);
    pid_t pid = guard_start(saying, "@nobody", &error);
    assert_true(pid > 0);
    while (!guard_ended(pid, &signalled, &number) && clock_now() < deadline)
        usleep(PAUSE_US);
    assert_true(guard_ended(pid, &signalled, &number));
    assert_false(signalled);
    assert_int_equal(number, 7);
    assert_true(runs(pid));
    char *text = guard_output(&length, &bytes);
    assert_int_equal(bytes, 11);
    assert_int_equal(length, 11);
    assert_memory_equal(text, "last words\n", 11);
    free(text);
    assert_int_equal(guard_kill(&error), 0);
    assert_false(runs(pid));
    guard_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_goes_when_the_supervisor_is_killed),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
        cmocka_unit_test(an_end_is_told_and_the_pid_stays_taken),
    };
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return cmocka_run_group_tests_name("unit-guard", tests, NULL, NULL);
}
