/* bench-smaps.c: what one look at a worker costs, by the size of its heap, and
 * what one at a whole server does.
 *
 *   tests/bench-smaps [MIB...]      (default: 64 256 1024)
 *
 * A template writes all pages of an area, a worker breaks every second one,
 * and each reader is timed on the worker; the median of 9 is printed.  Then a
 * server of 64 workers that have 256 MiB from their template is looked at as
 * `cowlab watch` does, with the interval at which looking takes 1 percent. */
#include "smaps/group.h"
#include "smaps/sampler.h"
#include "tests/family.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS     9
#define PAGE_BYTES 4096
#define SPARSE_MIB 65536 /* address space that nothing was put into */

#define GROUP_WORKERS 64
#define GROUP_MIB     256

struct look {
    const struct ledger *ledger;
    pid_t template_pid, worker;
};

static void die(const char *what, int error)
{
    fprintf(stderr, "bench-smaps: %s: %s\n", what, strerror(-error));
    exit(EXIT_FAILURE);
}

static long write_pages(char *area, long stride, long count)
{
    for (long i = 0; i < count; i += stride)
        ((volatile char *)area)[i * PAGE_BYTES] = 'w';
    return 0;
}

static void look_rollup(const struct look *look)
{
    struct smaps_totals totals;
    int error = smaps_rollup_read(look->worker, &totals);

    if (error)
        die("smaps_rollup", error);
}

static void look_faults(const struct look *look)
{
    struct fault_counts faults;
    int error = fault_counts_read(look->worker, &faults);

    if (error)
        die("stat", error);
}

static void look_open(const struct look *look)
{
    struct ledger *ledger;
    int error = ledger_open(look->template_pid, NULL, 0, &ledger);

    if (error)
        die("ledger_open", error);
    ledger_free(ledger);
}

static void look_count(const struct look *look)
{
    struct page_counts counts;
    uint64_t lone_file_pages;
    int error =
        ledger_count(look->ledger, look->worker, &counts, &lone_file_pages);

    if (error)
        die("ledger_count", error);
}

static void look_sample(const struct look *look)
{
    struct sample sample;
    int error = sample_take(look->ledger, look->worker, &sample);

    if (error)
        die("sample_take", error);
    sample_clear(&sample);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_ms(void (*reader)(const struct look *),
                        const struct look *look)
{
    double took[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        double start = now_ms();
        reader(look);
        took[i] = now_ms() - start;
    }
    qsort(took, ROUNDS, sizeof *took, compare);
    return took[ROUNDS / 2];
}

static void bench(const char *name, long touched_mib, long mapped_mib)
{
    struct family family;
    struct ledger *ledger;
    long pages = touched_mib * (1 << 20) / PAGE_BYTES;

    family_start(&family, (uint64_t)mapped_mib << 20);
    family_do(&family, FAMILY_TEMPLATE, write_pages, 1, pages);
    int error = ledger_open(family.pid[FAMILY_TEMPLATE], NULL, 0, &ledger);
    if (error)
        die("ledger_open", error);
    family_fork(&family);
    family_do(&family, 0, write_pages, 2, pages);
    struct look look = {ledger, family.pid[FAMILY_TEMPLATE], family.pid[0]};
    double count = median_ms(look_count, &look);
    printf("%-8s %8.2f %8.2f %8.3f %8.2f %8.2f %10.0f\n", name,
           median_ms(look_sample, &look), median_ms(look_rollup, &look),
           median_ms(look_faults, &look), count, median_ms(look_open, &look),
           (double)ledger_inherited(ledger)[0] / count);
    ledger_free(ledger);
    family_stop(&family);
}

/* They end with the template. */
static long fork_workers(char *area, long first, long count)
{
    int ends[2];

    (void)area;
    if (pipe(ends))
        return -1;
    for (long i = first; i < count; i++) {
        pid_t pid = fork();
        if (pid < 0)
            return -1;
        if (pid == 0) {
            close(ends[1]);
            _exit(read(ends[0], &(char){0}, 1) != 0);
        }
    }
    return 0;
}

static double cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void bench_group(void)
{
    struct family family;
    struct group group;
    double took[ROUNDS + 1], used[ROUNDS + 1];

    family_start(&family, (uint64_t)GROUP_MIB << 20);
    family_do(&family, FAMILY_TEMPLATE, write_pages, 1,
              GROUP_MIB * ((1 << 20) / PAGE_BYTES));
    if (family_do(&family, FAMILY_TEMPLATE, fork_workers, 0, GROUP_WORKERS))
        die("fork", -EAGAIN);
    group_open(&group, family.pid[FAMILY_TEMPLATE]);
    for (int i = 0; i <= ROUNDS; i++) {
        double start = cpu_ms();
        int error = group_look(&group);
        if (error)
            die("group_look", error);
        used[i] = cpu_ms() - start;
        took[i] = (double)group.cost_ns / 1e6;
    }
    if (group.count != GROUP_WORKERS + 1)
        die("group_look", -ESRCH);
    qsort(took + 1, ROUNDS, sizeof *took, compare);
    qsort(used + 1, ROUNDS, sizeof *used, compare);
    printf("\n%d workers of %d MiB: first look %.1f ms, then %.1f ms (%.1f ms "
           "of the processor): every %.1f s at 1 %%\n",
           GROUP_WORKERS, GROUP_MIB, took[0], took[1 + ROUNDS / 2],
           used[1 + ROUNDS / 2], took[1 + ROUNDS / 2] * 100 / 1e3);
    group_close(&group);
    family_stop(&family);
}

int main(int argc, char **argv)
{
    static char *sizes[] = {"64", "256", "1024"};
    char **size = argc > 1 ? argv + 1 : sizes;
    int count = argc > 1 ? argc - 1 : 3;

    printf("%-8s %8s %8s %8s %8s %8s %10s\n", "MiB", "sample", "rollup",
           "faults", "count", "open", "pages/ms");
    printf("%-8s %8s %8s %8s %8s %8s\n", "", "ms", "ms", "ms", "ms", "ms");
    for (int i = 0; i < count; i++)
        bench(size[i], atol(size[i]), atol(size[i]));
    bench("sparse", 1, SPARSE_MIB);
    bench_group();
    return 0;
}
