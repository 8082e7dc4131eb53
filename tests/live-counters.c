/* live-counters.c: faults and event counters of live processes. */
#include "smaps/counters.h"
#include "smaps/faults.h"
#include "tests/scene.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Makes a worker run the code and touch what comes with it beforehand. */
static void warm_up(const struct scene *scene)
{
    in_worker(scene, 0, read_pages, CELLS_FIRST, CELLS_PAGES);
    in_worker(scene, 0, write_pages, MARKS_FIRST, MARKS_PAGES);
}

static void a_copy_is_one_minor_fault(void **state)
{
    const struct scene *scene = *state;
    struct fault_counts before, after;
    pid_t pid = scene->family.pid[0];

    warm_up(scene);
    assert_int_equal(fault_counts_read(pid, &before), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 33);
    assert_int_equal(fault_counts_read(pid, &after), 0);
    assert_int_equal(after.minor - before.minor, 33);
    assert_int_equal(after.major, before.major);
}

static void open_counter_or_skip(const char *name, pid_t pid,
                                 struct counter *counter)
{
    char why[COUNTER_WHY_SIZE];

    if (counter_check(name, why) == -ENOSYS) {
        print_message("# %s\n", why);
        skip();
    }
    assert_int_equal(counter_check(name, why), 0);
    counter_open(name, pid, counter);
    if (counter->count == 0) {
        print_message("# %s: %s\n", name, counter->why);
        skip();
    }
}

static uint64_t count_of(const struct counter *counter)
{
    struct counter_value value;

    assert_int_equal(counter_read(counter, &value), 0);
    assert_true(value.running_ns > 0);
    assert_int_equal(value.enabled_ns, value.running_ns);
    return value.raw;
}

static void a_counter_counts_copies(void **state)
{
    const struct scene *scene = *state;
    struct counter counter;
    struct counter_value before, after;

    warm_up(scene);
    open_counter_or_skip("perf::MINOR-FAULTS", scene->family.pid[0], &counter);
    assert_int_equal(counter_read(&counter, &before), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 33);
    in_worker(scene, 1, write_pages, CELLS_FIRST, 40);
    assert_int_equal(counter_read(&counter, &after), 0);
    assert_int_equal(after.raw - before.raw, 33);
    assert_true(after.running_ns > before.running_ns);
    assert_true(after.enabled_ns >= after.running_ns);
    if (geteuid() == 0)
        assert_true(counter.kernel_counted);
    counter_close(&counter);
    assert_int_equal(counter.count, 0);
    assert_int_equal(counter_read(&counter, &after), -EBADF);
}

/* What a thread of worker 0 writes when it is told to. */
static struct {
    sem_t begin, end;
    char *area;
    long first, count;
} order;

static void *obey(void *unused)
{
    sem_wait(&order.begin);
    write_pages(order.area, order.first, order.count);
    sem_post(&order.end);
    return unused;
}

static void *obey_on(void *unused)
{
    for (;;)
        obey(unused);
    return unused;
}

static long start_thread(char *area, long first, long count)
{
    pthread_t thread;

    (void)area, (void)count;
    sem_init(&order.begin, 0, 0);
    sem_init(&order.end, 0, 0);
    return pthread_create(&thread, NULL, first ? obey_on : obey, NULL);
}

static long thread_writes(char *area, long first, long count)
{
    order.area = area;
    order.first = first;
    order.count = count;
    sem_post(&order.begin);
    return sem_wait(&order.end);
}

/* Of a thread that was there before, and of one that begins later, which
 * touches pages of its stack and more besides. */
static void a_counter_counts_all_threads(void **state)
{
    enum { HALF = CELLS_PAGES / 2 };
    const struct scene *scene = *state;
    struct counter counter;

    warm_up(scene);
    in_worker(scene, 0, start_thread, true, 0);
    in_worker(scene, 0, thread_writes, MARKS_FIRST, MARKS_PAGES);
    open_counter_or_skip("page-faults", scene->family.pid[0], &counter);
    assert_int_equal(counter.count, 2);
    in_worker(scene, 0, thread_writes, CELLS_FIRST, HALF);
    assert_int_equal(count_of(&counter), HALF);
    counter_close(&counter);
    open_counter_or_skip("page-faults", scene->family.pid[2], &counter);
    in_worker(scene, 2, start_thread, false, 0);
    in_worker(scene, 2, thread_writes, CELLS_FIRST, CELLS_PAGES);
    assert_true(count_of(&counter) >= CELLS_PAGES);
    counter_close(&counter);
}

static void an_unknown_counter_is_refused(void **state)
{
    char why[COUNTER_WHY_SIZE] = "";
    struct counter counter;

    (void)state;
    assert_true(counter_check("no-such-event", why) < 0);
    assert_true(strlen(why) > 0);
    counter_open("no-such-event", getpid(), &counter);
    assert_int_equal(counter.count, 0);
    assert_string_equal(counter.why, why);
}

static void a_counter_without_a_process_says_why(void **state)
{
    struct scene *scene = *state;
    pid_t pid = scene->family.pid[0];
    struct counter counter;

    family_end(&scene->family, 0);
    counter_open("perf::MINOR-FAULTS", pid, &counter);
    assert_int_equal(counter.count, 0);
    assert_true(strlen(counter.why) > 0);
}

static void software_events_count_what_was_done(void **state)
{
    const struct scene *scene = *state;
    pid_t pid = scene->family.pid[0];
    struct counter faults, in_user, in_kernel, clock;

    warm_up(scene);
    open_counter_or_skip("page-faults", pid, &faults);
    open_counter_or_skip("page-faults:u", pid, &in_user);
    open_counter_or_skip("task-clock", pid, &clock);
    counter_open("page-faults:k", pid, &in_kernel);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 33);
    assert_int_equal(count_of(&faults), 33);
    assert_int_equal(count_of(&in_user), 33);
    assert_true(in_user.user_counted && !in_user.kernel_counted);
    if (in_kernel.count > 0) {
        assert_int_equal(count_of(&in_kernel), 0);
        assert_true(in_kernel.kernel_counted && !in_kernel.user_counted);
    }
    uint64_t before = count_of(&clock);
    in_worker(scene, 0, read_pages, CELLS_FIRST, CELLS_PAGES);
    assert_true(count_of(&clock) > before);
    assert_true(clock.user_counted && clock.kernel_counted);
    counter_close(&faults);
    counter_close(&in_user);
    counter_close(&in_kernel);
    counter_close(&clock);
}

/* Exits with 0 where counting in kernel mode is not allowed and nothing else
 * was said, with 77 where it is allowed. */
static void count_without_rights(void)
{
    struct counter counter;

    if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
        _exit(77);
    counter_open("page-faults:k", getpid(), &counter);
    if (counter.count > 0)
        _exit(77);
    if (!strstr(counter.why, "perf_event_paranoid"))
        _exit(1);
    counter_open("context-switches", getpid(), &counter);
    if (counter.count > 0 || !strstr(counter.why, "perf_event_paranoid"))
        _exit(2);
    counter_open("page-faults", getpid(), &counter);
    if (counter.count == 0)
        _exit(strstr(counter.why, "perf_event_paranoid") ? 77 : 3);
    _exit(counter.user_counted && !counter.kernel_counted ? 0 : 4);
}

/* A context switch is no event of user mode: 0 would be a lie. */
static void what_is_not_allowed_is_not_zero(void **state)
{
    char why[COUNTER_WHY_SIZE];
    struct counter counter;
    int status;

    (void)state;
    if (counter_check("context-switches", why))
        skip();
    counter_open("context-switches:u", getpid(), &counter);
    assert_int_equal(counter.count, 0);
    assert_non_null(strstr(counter.why, "kernel mode alone"));
    pid_t child = fork();
    if (child == 0)
        count_without_rights();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Virtual machines often have no cycles to count. */
static void cycles_are_counted_or_refused_with_a_reason(void **state)
{
    const struct scene *scene = *state;
    struct counter counter;
    struct counter_value value;

    counter_open("perf::CYCLES", scene->family.pid[0], &counter);
    if (counter.count == 0) {
        assert_true(strlen(counter.why) > 0);
    } else {
        in_worker(scene, 0, write_pages, CELLS_FIRST, CELLS_PAGES);
        assert_int_equal(counter_read(&counter, &value), 0);
        assert_true(value.raw > 0);
    }
    counter_close(&counter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(a_copy_is_one_minor_fault),
        IN_SCENE(a_counter_counts_copies),
        IN_SCENE(a_counter_counts_all_threads),
        cmocka_unit_test(an_unknown_counter_is_refused),
        IN_SCENE(a_counter_without_a_process_says_why),
        IN_SCENE(software_events_count_what_was_done),
        cmocka_unit_test(what_is_not_allowed_is_not_zero),
        IN_SCENE(cycles_are_counted_or_refused_with_a_reason),
    };

    return cmocka_run_group_tests_name("live-counters", tests, NULL, NULL);
}
