/* live-faults.c: the trace of page faults on live processes whose writes are
 * known by construction. */
#include "smaps/fault-trace.h"
#include "tests/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/traced.h"

#define NOBODY 65534

/* What a trace told of the area: records by page and process. */
struct account {
    uint64_t area;
    unsigned records[AREA_PAGES];
    unsigned in_kernel;
    pid_t pid; /* of the records, all of one process */
    struct fault_record last;
    unsigned forks, exits;
    uint64_t lost;
};

static void note(const struct fault_record *record, void *context)
{
    struct account *account = context;
    uint64_t page = (record->address - account->area) / PAGE;

    account->forks +=
        record->kind == FAULT_FORK && record->pid != record->parent;
    account->exits += record->kind == FAULT_EXIT;
    account->lost += record->lost;
    if (record->kind != FAULT_PAGE || page >= AREA_PAGES)
        return;
    account->records[page]++;
    account->in_kernel += record->in_kernel;
    assert_true(account->pid == 0 || account->pid == record->pid);
    account->pid = record->pid;
    account->last = *record;
}

/* Stops the trace, reads it to its end, and expects that nothing was lost. */
static struct account settle(const struct scene *scene,
                             struct fault_trace *trace)
{
    struct account account = {.area = scene->family.area};
    struct fault_trace_counts counts;

    assert_int_equal(fault_trace_pause(trace), 0);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(fault_trace_read_counts(trace, &counts), 0);
    assert_int_equal(counts.counted, counts.delivered);
    assert_int_equal(counts.missing, 0);
    assert_int_equal(counts.lost_records, 0);
    assert_int_equal(counts.malformed, 0);
    return account;
}

/* Just these pages of the area have a record, and one each. */
static void expect_records(const struct account *account, long first,
                           long count)
{
    for (long i = 0; i < AREA_PAGES; i++)
        assert_int_equal(account->records[i], i >= first && i < first + count);
}

static void each_broken_page_has_one_record(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    follow(trace, scene->family.pid[1]);
    in_worker(scene, 1, read_pages, CELLS_FIRST, CELLS_PAGES);
    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 40);
    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 40);
    in_worker(scene, 2, write_pages, CELLS_FIRST, CELLS_PAGES);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 3, 40);
    assert_int_equal(account.pid, scene->family.pid[1]);
    assert_int_equal(account.in_kernel, 0);
    assert_int_equal(account.last.address,
                     scene->family.area + (CELLS_FIRST + 42) * PAGE);
    assert_in_range(account.last.instruction, (uintptr_t)write_pages,
                    (uintptr_t)write_pages + 400);
    fault_trace_close(trace);
}

static void a_paused_trace_sees_nothing(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    follow(trace, scene->family.pid[0]);
    assert_int_equal(fault_trace_pause(trace), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 10);
    assert_int_equal(fault_trace_resume(trace), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 30);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 10, 20);
    fault_trace_close(trace);
}

static void what_is_forked_later_is_followed(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    in_template(scene, write_pages, CELLS_FIRST, CELLS_PAGES);
    follow(trace, scene->family.pid[FAMILY_TEMPLATE]);
    family_fork(&scene->family);
    /* Its records lie in the rings by now: it is not followed twice. */
    follow(trace, scene->family.pid[2]);
    in_worker(scene, 2, write_pages, CELLS_FIRST, 20);
    family_end(&scene->family, 0);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST, 20);
    assert_int_equal(account.pid, scene->family.pid[2]);
    assert_int_equal(account.forks, FAMILY_WORKERS);
    assert_int_equal(account.exits, 1);
    fault_trace_close(trace);
}

/* The kernel writes into the pages on the program's behalf. */
static long fill_pages(char *area, long first, long count)
{
    size_t bytes = (size_t)count * PAGEMAP_PAGE_SIZE;
    int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);

    if (zeros < 0)
        return -1;
    ssize_t got = read(zeros, area + first * PAGEMAP_PAGE_SIZE, bytes);
    close(zeros);
    return got == (ssize_t)bytes ? 0 : -1;
}

static void writes_of_the_kernel_are_seen_where_allowed(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    if (!fault_trace_facts(trace)->kernel_counted) {
        print_message("# %s\n", fault_trace_facts(trace)->kernel_why);
        fault_trace_close(trace);
        skip();
    }
    follow(trace, scene->family.pid[0]);
    in_worker(scene, 0, fill_pages, CELLS_FIRST, 12);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST, 12);
    assert_int_equal(account.in_kernel, 12);
    /* The instruction is the program's. */
    assert_false(account.last.instruction >> 63);
    assert_true(account.last.instruction > 0);
    fault_trace_close(trace);
}

/* As an ordinary user: fewer rights, but the user-mode faults are all seen. */
static void without_rights_the_kernel_mode_is_left_out(void **state)
{
    const struct scene *scene = *state;
    uid_t user = geteuid();

    if (user == 0)
        assert_int_equal(seteuid(NOBODY), 0);
    struct fault_trace *trace = open_trace(64 << 20);
    const struct fault_trace_facts *facts = fault_trace_facts(trace);
    follow(trace, scene->family.pid[0]);
    assert_int_equal(seteuid(user), 0);
    if (facts->kernel_counted) {
        print_message("# this kernel lets everyone count kernel mode\n");
        fault_trace_close(trace);
        skip();
    }
    assert_non_null(strstr(facts->kernel_why, "perf_event_paranoid"));
    assert_in_range(facts->ring_bytes, PAGE, 64 << 20);
    in_worker(scene, 0, fill_pages, CELLS_FIRST, 12);
    in_worker(scene, 0, write_pages, CELLS_FIRST + 12, 5);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 12, 5);
    struct sample sample = look(scene, 0);
    assert_int_equal(sample.pages[CELLS].broken, 12 + 5);
    sample_clear(&sample);
    fault_trace_close(trace);
}

/* So that all its records are for one ring. */
static void keep_on_one_processor(pid_t pid)
{
    cpu_set_t allowed, one;
    int processor = 0;

    assert_int_equal(sched_getaffinity(pid, sizeof allowed, &allowed), 0);
    while (!CPU_ISSET(processor, &allowed))
        processor++;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    assert_int_equal(sched_setaffinity(pid, sizeof one, &one), 0);
}

static void what_a_full_ring_lost_is_counted(void **state)
{
    enum { PAGES = 2000 };
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(PAGE);
    struct account account = {.area = 0};
    struct fault_trace_counts counts;

    keep_on_one_processor(scene->family.pid[FAMILY_TEMPLATE]);
    follow(trace, scene->family.pid[FAMILY_TEMPLATE]);
    in_template(scene, write_pages, 0, PAGES);
    assert_int_equal(fault_trace_pause(trace), 0);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(fault_trace_read_counts(trace, &counts), 0);
    assert_true(counts.counted >= PAGES);
    assert_in_range(counts.delivered, 1, PAGES / 2);
    assert_int_equal(counts.missing, counts.counted - counts.delivered);
    /* The ring says so itself as soon as it has room again. */
    assert_int_equal(fault_trace_resume(trace), 0);
    in_template(scene, write_pages, PAGES, 10);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(account.lost, counts.missing);
    fault_trace_close(trace);
}

static void processes_that_are_gone_are_refused(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);
    char why[FAULT_WHY_SIZE];
    pid_t pid = scene->family.pid[1];

    family_end(&scene->family, 1);
    assert_int_equal(fault_trace_follow(trace, pid, why), -ESRCH);
    assert_string_equal(why, strerror(ESRCH));
    fault_trace_close(trace);
}

/* A family before its fork, with nothing touched. */
static int open_young(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    *state = &scene;
    family_start(&scene.family, 4096 * PAGE);
    return 0;
}

#define IN_YOUNG(test)                                                         \
    cmocka_unit_test_setup_teardown(test, open_young, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(each_broken_page_has_one_record),
        IN_SCENE(a_paused_trace_sees_nothing),
        IN_YOUNG(what_is_forked_later_is_followed),
        IN_SCENE(writes_of_the_kernel_are_seen_where_allowed),
        IN_SCENE(without_rights_the_kernel_mode_is_left_out),
        IN_YOUNG(what_a_full_ring_lost_is_counted),
        IN_SCENE(processes_that_are_gone_are_refused),
    };

    return cmocka_run_group_tests_name("live-faults", tests, NULL, NULL);
}
