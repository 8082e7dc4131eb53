/* unit-kin.c: who a process is, from recorded texts and broken ones, and whose
 * child it is, from this process's own children. */
#include "smaps/kin.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char text[] =
    "4711 (a) b (c) S 4700 4711 4700 34816 -1 4194304 120 0 3 0 1 2 0 0 20 0 1 "
    "0 987654 2703360 243 18446744073709551615 94000 94999 140000 0 0 0 0\n";

static void a_line_is_taken_apart(void **state)
{
    struct kin kin;

    (void)state;
    assert_int_equal(kin_parse(text, &kin), 0);
    assert_int_equal(kin.pid, 4711);
    assert_int_equal(kin.parent, 4700);
    assert_int_equal(kin.state, 'S');
    assert_int_equal(kin.start_time, 987654);
    assert_int_equal(kin.code, 94000);
    assert_int_equal(kin.stack, 140000);
    assert_string_equal(kin.name, "a) b (c");
}

/* The text ends right after the last field that is read. */
static void a_line_that_was_cut_is_refused(void **state)
{
    struct kin kin;
    size_t whole = (size_t)(strstr(text, "140000 ") - text) + 7;

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        char *copy = strndup(text, length);
        assert_non_null(copy);
        assert_int_equal(kin_parse(copy, &kin), length < whole ? -EBADMSG : 0);
        free(copy);
    }
    assert_int_equal(kin_parse(") (x S 1 1 1", &kin), -EBADMSG);
}

static pid_t start_child(void (*task)(void))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        task();
        for (;;)
            pause();
    }
    return pid;
}

static void nothing(void) {}

static int listed(pid_t root, pid_t pid, struct kin *found)
{
    struct kin *list;
    size_t count;
    int result = kin_list(root, &list, &count);

    if (result)
        return result;
    result = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].pid != pid)
            continue;
        *found = list[i];
        result = 1;
    }
    assert_int_equal(list[0].pid, root);
    free(list);
    return result;
}

static void a_child_is_found_until_it_ends(void **state)
{
    siginfo_t ended;
    struct kin child, self;
    pid_t pid = start_child(nothing);

    (void)state;
    assert_int_equal(listed(getpid(), pid, &child), 1);
    assert_int_equal(listed(getpid(), getpid(), &self), 1);
    assert_int_equal(child.parent, getpid());
    assert_true(kin_same_program(&self, &child));
    assert_int_equal(listed(pid, getpid(), &self), 0);
    kill(pid, SIGKILL);
    /* Ended, but not waited for: a zombie has no memory to look at. */
    waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT);
    assert_int_equal(listed(getpid(), pid, &child), 0);
    assert_int_equal(listed(pid, pid, &child), -ESRCH);
    waitpid(pid, NULL, 0);
    assert_int_equal(listed(pid, pid, &child), -ESRCH);
}

/* The child of a child tells its pid and is orphaned by a word. */
static int tell[2], leave[2];

static void fork_and_leave(void)
{
    char word;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(60);
        return;
    }
    if (write(tell[1], &pid, sizeof pid) != sizeof pid ||
        read(leave[0], &word, 1) != 1)
        abort();
    _exit(0);
}

static void one_that_was_adopted_is_found_again(void **state)
{
    struct kin known, *list;
    size_t count;
    pid_t pid, adopted;

    (void)state;
    assert_int_equal(pipe(tell) + pipe(leave), 0);
    pid = start_child(fork_and_leave);
    assert_int_equal(read(tell[0], &adopted, sizeof adopted), sizeof adopted);
    assert_int_equal(listed(getpid(), adopted, &known), 1);
    assert_int_equal(write(leave[1], "", 1), 1);
    waitpid(pid, NULL, 0);
    assert_int_equal(kin_list_again(getpid(), &known, 1, &list, &count), 0);
    assert_int_equal(list[count - 1].pid, adopted);
    assert_int_not_equal(list[count - 1].parent, pid);
    free(list);
    /* Another process of that number is not the one that was known. */
    known.start_time++;
    assert_int_equal(kin_list_again(getpid(), &known, 1, &list, &count), 0);
    assert_int_equal(count, 1);
    free(list);
    kill(adopted, SIGKILL);
}

static void become_another(void)
{
    execlp("sleep", "sleep", "60", NULL);
    abort();
}

static void a_program_of_its_own_is_told(void **state)
{
    struct kin child = {0}, self;
    pid_t pid = start_child(become_another);

    (void)state;
    for (int i = 0; i < 1000 && strcmp(child.name, "sleep"); i++) {
        usleep(5000);
        assert_int_equal(listed(getpid(), pid, &child), 1);
    }
    assert_int_equal(listed(getpid(), getpid(), &self), 1);
    assert_string_equal(child.name, "sleep");
    assert_false(kin_same_program(&self, &child));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_taken_apart),
        cmocka_unit_test(a_line_that_was_cut_is_refused),
        cmocka_unit_test(a_child_is_found_until_it_ends),
        cmocka_unit_test(one_that_was_adopted_is_found_again),
        cmocka_unit_test(a_program_of_its_own_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
