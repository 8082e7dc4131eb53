/* live-smaps.c: the readers of smaps/ on live processes: totals, and processes
 * that vanish. */
#include "smaps/faults.h"
#include "smaps/smaps.h"
#include "tests/scene.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Totals -------------------------------------------------------------- */

struct address_total {
    uint64_t start, end; /* mappings within are added up */
    uint64_t pss, rss;
    size_t mappings;
};

static int add_within(const struct mapping *mapping,
                      const struct smaps_totals *totals, void *context)
{
    struct address_total *total = context;

    if (mapping->start < total->start || mapping->end > total->end)
        return 0;
    total->pss += totals->pss;
    total->rss += totals->rss;
    total->mappings++;
    return 0;
}

static uint64_t pss_of_cells(const struct scene *scene, int member)
{
    struct address_total total = {.start = scene->regions[CELLS].start,
                                  .end = scene->regions[CELLS].end};

    assert_int_equal(smaps_read(scene->family.pid[member], add_within, &total),
                     0);
    assert_int_equal(total.mappings, 1);
    assert_int_equal(total.rss, CELLS_PAGES * PAGE);
    return total.pss;
}

/* Four hold 64 pages; then three do, and each one's share grows. */
static void the_sum_of_pss_stays_when_a_sibling_dies(void **state)
{
    struct scene *scene = *state;
    uint64_t sum = 0, bytes = CELLS_PAGES * PAGE;

    for (int member = 0; member < FAMILY_MEMBERS; member++) {
        assert_int_equal(pss_of_cells(scene, member), bytes / FAMILY_MEMBERS);
        sum += pss_of_cells(scene, member);
    }
    assert_int_equal(sum, bytes);
    family_end(&scene->family, 2);
    sum = pss_of_cells(scene, 0) + pss_of_cells(scene, 1) +
          pss_of_cells(scene, FAMILY_TEMPLATE);
    assert_true(pss_of_cells(scene, 0) > bytes / FAMILY_MEMBERS);
    assert_in_range(sum, bytes - 3 * 1024, bytes); /* each is cut to KiB */
}

/* Untouched copy-on-write pages are shared *dirty*. */
static void inherited_pages_are_shared_dirty(void **state)
{
    const struct scene *scene = *state;

    struct sample before = look(scene, 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 30);
    struct sample after = look(scene, 0);
    assert_true(before.totals.shared_dirty >= CELLS_PAGES * PAGE);
    assert_true(before.totals.shared_dirty - after.totals.shared_dirty >=
                30 * PAGE);
    sample_clear(&before);
    sample_clear(&after);
}

static void smaps_and_its_rollup_and_maps_agree(void **state)
{
    const struct scene *scene = *state;
    pid_t pid = scene->family.pid[0];
    struct address_total total = {.end = UINT64_MAX};
    struct smaps_totals totals;
    struct mappings mappings;

    assert_int_equal(smaps_read(pid, add_within, &total), 0);
    assert_int_equal(smaps_rollup_read(pid, &totals), 0);
    assert_int_equal(mappings_read(pid, &mappings), 0);
    assert_int_equal(total.rss, totals.rss);
    assert_int_equal(total.mappings, mappings.count);
    mappings_free(&mappings);
}

/* ---- Odd processes ------------------------------------------------------- */

static void expect_no_such_process(const struct scene *scene, pid_t pid)
{
    struct sample sample;
    struct smaps_totals totals;
    struct mappings mappings;
    struct ledger *ledger;
    struct address_total total = {0};

    assert_int_equal(sample_take(scene->ledger, pid, &sample), -ESRCH);
    assert_null(sample.pages);
    assert_int_equal(smaps_rollup_read(pid, &totals), -ESRCH);
    assert_int_equal(mappings_read(pid, &mappings), -ESRCH);
    assert_int_equal(smaps_read(pid, add_within, &total), -ESRCH);
    assert_int_equal(ledger_open(pid, NULL, 0, &ledger), -ESRCH);
}

static void a_vanished_process_is_no_such_process(void **state)
{
    struct scene *scene = *state;
    pid_t pid = scene->family.pid[1];
    struct fault_counts faults;
    uint64_t entry;
    char byte;

    int pagemap = pagemap_open(pid);
    assert_true(pagemap >= 0);
    assert_int_equal(pagemap_read(pagemap, scene->family.area, &entry, 1), 0);
    assert_true(pagemap_present(entry));
    /* Killed and not yet waited for: its memory goes before its sockets. */
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(read(scene->family.socket[1], &byte, 1), 0);
    expect_no_such_process(scene, pid);
    assert_int_equal(fault_counts_read(pid, &faults), 0);
    family_end(&scene->family, 1);
    expect_no_such_process(scene, pid);
    assert_int_equal(fault_counts_read(pid, &faults), -ESRCH);
    assert_int_equal(pagemap_open(pid), -ESRCH);
    assert_int_equal(pagemap_read(pagemap, scene->family.area, &entry, 1),
                     -ESRCH);
    close(pagemap);
}

/* ---- Processes that vanish in mid-read ----------------------------------- */

enum { STRIPES = 1000, ROUNDS = 40 };

/* A process whose maps are longer than one piece that the kernel gives. */
static pid_t start_striped(void)
{
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        size_t bytes = STRIPES * PAGE;
        char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(area, 1, bytes);
        for (size_t i = 0; i < STRIPES; i += 2)
            mprotect(area + i * PAGE, PAGE, PROT_READ);
        if (write(ends[1], "", 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

/* Ends the process after a while, while this one reads. */
static pid_t kill_later(pid_t pid, useconds_t after)
{
    pid_t killer = fork();

    assert_true(killer >= 0);
    if (killer == 0) {
        usleep(after);
        kill(pid, SIGKILL);
        _exit(0);
    }
    return killer;
}

/* Reads by one of the readers, and expects all or nothing. */
static int read_whole(pid_t pid, int reader, size_t whole,
                      const struct ledger *ledger)
{
    struct address_total total = {.end = UINT64_MAX};
    struct smaps_totals totals;
    struct mappings mappings;
    struct ledger *own;
    struct sample sample;
    int result;

    switch (reader) {
    case 0:
        result = mappings_read(pid, &mappings);
        assert_int_equal(mappings.count, result ? 0 : whole);
        mappings_free(&mappings);
        return result;
    case 1:
        result = smaps_read(pid, add_within, &total);
        if (!result)
            assert_int_equal(total.mappings, whole);
        return result;
    case 2:
        result = smaps_rollup_read(pid, &totals);
        if (!result)
            assert_true(totals.private_dirty >= STRIPES * PAGE);
        return result;
    case 3:
        result = ledger_open(pid, NULL, 0, &own);
        if (!result) {
            assert_true(ledger_inherited(own)[0] >= STRIPES);
            ledger_free(own);
        }
        return result;
    default:
        result = sample_take(ledger, pid, &sample);
        assert_int_equal(sample.pages == NULL, result != 0);
        if (!result) {
            struct page_counts sum = page_counts_sum(sample.pages, REGIONS + 1);
            assert_true(sum.new_pages + sum.broken >= STRIPES);
        }
        sample_clear(&sample);
        return result;
    }
}

static void what_was_cut_is_no_such_process(void **state)
{
    const struct scene *scene = *state;
    struct mappings mappings;

    for (int round = 0; round < ROUNDS; round++) {
        pid_t pid = start_striped();
        int result = mappings_read(pid, &mappings);
        size_t whole = mappings.count;
        assert_int_equal(result, 0);
        assert_true(whole >= STRIPES);
        mappings_free(&mappings);
        pid_t killer = kill_later(pid, (useconds_t)(round * 251 % 8000));
        while (!result)
            result = read_whole(pid, round % 5, whole, scene->ledger);
        assert_int_equal(result, -ESRCH);
        assert_int_equal(waitpid(killer, NULL, 0), killer);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(the_sum_of_pss_stays_when_a_sibling_dies),
        IN_SCENE(inherited_pages_are_shared_dirty),
        IN_SCENE(smaps_and_its_rollup_and_maps_agree),
        IN_SCENE(a_vanished_process_is_no_such_process),
        IN_SCENE(what_was_cut_is_no_such_process),
    };

    return cmocka_run_group_tests_name("live-smaps", tests, NULL, NULL);
}
