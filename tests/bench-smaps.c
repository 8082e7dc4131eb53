/* bench-smaps.c: what one look at a worker costs, by the size of its heap.
 *
 *   tests/bench-smaps [MIB...]      (default: 64 256 1024)
 *
 * A template writes all pages of an area, a worker breaks every second one,
 * and each reader is timed on the worker; the median of 9 is printed. */
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
    return 0;
}
