/* observe.c: one look at all workers while they are quiet, and the check that
 * the kernel's two accounts of it agree; see invocation.h. */
#include "harness/invocation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/blame-ledger.h"
#include "harness/failure.h"
#include "harness/memory.h"
#include "smaps/pagemap.h"
#include "smaps/threads.h"

#define MIB            (1024.0 * 1024)
#define QUIET_NS       (2 * NS_PER_SECOND) /* at most, until a worker sleeps */
#define QUIET_PAUSE_US 20

static bool asleep(pid_t pid, pid_t thread)
{
    char path[48], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)pid, (int)thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[got > 0 ? got : 0] = '\0';
    const char *name_end = strrchr(text, ')');
    /* R: it runs; D: it waits for a page from the disk. */
    return !name_end || (name_end[1] && !strchr("RD", name_end[2]));
}

/* Whether all threads of a process sleep, or it is gone. */
static bool all_asleep(pid_t pid)
{
    pid_t *threads;
    size_t count;
    bool quiet = true;
    if (threads_list(pid, &threads, &count) < 0)
        return true;
    for (size_t i = 0; i < count; i++)
        quiet &= asleep(pid, threads[i]);
    free(threads);
    return quiet;
}

/* A worker has a few more instructions to run between sending its answer and
 * waiting for the next question; they too may write, and where memory is short
 * take pages from its peers.  One that answers page faults in a thread has that
 * thread to wait for as well. */
static void await_sleep(pid_t pid)
{
    uint64_t deadline = clock_now() + QUIET_NS;
    while (!all_asleep(pid) && clock_now() < deadline)
        usleep(QUIET_PAUSE_US);
}

static struct page_counts add_up(const struct record *record,
                                 const struct page_counts *pages)
{
    return page_counts_sum(pages, record->region_count + 1);
}

/* Inherited pages that the template itself has written since the first fork, by
 * region.  The worker that writes such a page as its last holder keeps the
 * frame, and one forked later inherits the template's new frame.  Where they
 * cannot be read the counts stay 0. */
static void count_template(const struct invocation *invocation,
                           struct page_counts *counts)
{
    uint64_t lone_file_pages;
    ledger_count(invocation->ledger, invocation->record->template_pid, counts,
                 &lone_file_pages);
}

/* Whether a page is broken exactly when its frame has changed, but for pages
 * that the template has written too. */
static bool frames_agree(const struct invocation *invocation,
                         const struct page_counts *pages)
{
    size_t regions = invocation->record->region_count;
    struct page_counts total = add_up(invocation->record, pages);
    if (!invocation->record->frames_known || total.moved == total.broken)
        return true;
    struct page_counts *template = xcalloc(regions + 1, sizeof *template);
    bool agree = true;
    count_template(invocation, template);
    for (size_t i = 0; i <= regions; i++)
        agree &= pages[i].moved <= pages[i].broken + template[i].moved &&
                 pages[i].broken <= pages[i].moved + template[i].moved;
    free(template);
    return agree;
}

/* The identity of smaps/ledger.h: every private page is broken, new, or of a
 * file that nobody else maps.  Nearly all are dirty, but Private_Dirty alone
 * would not do: pages that an allocator gave back with MADV_FREE, as PyPy's
 * does, are private and clean until they are written or taken. */
static void check_agreement(struct invocation *invocation, unsigned worker,
                            const struct sample *sample)
{
    const struct record *record = invocation->record;
    struct page_counts total = add_up(record, sample->pages);
    uint64_t own = total.broken + total.new_pages;
    uint64_t private_pages = smaps_uss(&sample->totals) / PAGEMAP_PAGE_SIZE;
    uint64_t dirty = sample->totals.private_dirty / PAGEMAP_PAGE_SIZE;
    /* A page that came back from swap has another frame. */
    if (own + sample->lone_file_pages == private_pages &&
        (frames_agree(invocation, sample->pages) || limit_swapped(invocation)))
        return;
    if (invocation->disagreements++)
        return;
    snprintf(invocation->disagreement, sizeof invocation->disagreement,
             "worker %u after %llu requests: broken %llu, new %llu, lone file "
             "pages %llu, private %llu, private dirty %llu, moved %llu%s",
             worker, (unsigned long long)invocation->served,
             (unsigned long long)total.broken,
             (unsigned long long)total.new_pages,
             (unsigned long long)sample->lone_file_pages,
             (unsigned long long)private_pages, (unsigned long long)dirty,
             (unsigned long long)total.moved,
             record->frames_known ? "" : " (frames are not known)");
}

static int observe_worker(struct invocation *invocation, unsigned index,
                          enum moment moment)
{
    struct record_worker *worker = &invocation->record->workers[index];
    struct sample sample;
    int status = sample_take(invocation->ledger, worker->pid, &sample);
    if (status == -ESRCH)
        return failure_of_any(invocation, "being sampled");
    if (status < 0) {
        record_invalid(invocation->record, REASON_UNREADABLE,
                       "cannot read what the kernel says of worker %u (pid "
                       "%d): %s",
                       index, (int)worker->pid, strerror(-status));
        return -1;
    }
    *record_add_sample(worker) = (struct record_sample){
        .sample = sample,
        .requests = invocation->served,
        .burst = invocation->burst,
        .moment = moment,
    };
    invocation->record->samples++;
    check_agreement(invocation, index, &sample);
    return 0;
}

/* Shows the mean of the workers' last samples. */
static void show(struct invocation *invocation)
{
    const struct record *record = invocation->record;
    double private_bytes = 0, broken = 0, inherited = 0;
    unsigned workers = record->cell->workers;
    for (size_t i = 0; i <= record->region_count; i++)
        inherited += (double)record->inherited[i];
    for (unsigned i = 0; i < workers; i++) {
        const struct record_worker *worker = &record->workers[i];
        const struct sample *sample =
            &worker->samples[worker->sample_count - 1].sample;
        private_bytes += (double)smaps_uss(&sample->totals);
        broken += (double)add_up(record, sample->pages).broken;
    }
    progress_sampled(invocation->progress, private_bytes / workers / MIB,
                     inherited > 0 ? 100 * broken / workers / inherited : 0);
}

/* The pages of a process that is gone are shared no longer: whoever is sampled
 * after that seems to have written them. */
static void mark_last_samples(struct invocation *invocation, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct record_worker *worker = &invocation->record->workers[i];
        worker->samples[worker->sample_count - 1].after_death = true;
    }
}

int invocation_observe(struct invocation *invocation, enum moment moment)
{
    uint64_t begun = clock_now();
    unsigned workers = invocation->record->cell->workers, taken = 0;
    for (unsigned i = 0; i < workers; i++)
        await_sleep(invocation->record->workers[i].pid);
    /* A server's master goes on after the fork, and what it writes, its workers
     * share no longer. */
    if (invocation->supervision.on_behalf)
        await_sleep(invocation->record->template_pid);
    while (taken < workers && observe_worker(invocation, taken, moment) == 0)
        taken++;
    bool alive = supervision_all_run(&invocation->supervision);
    if (!alive)
        mark_last_samples(invocation, taken);
    if (taken < workers)
        return -1;
    if (!alive)
        return failure_of_any(invocation, "being sampled");
    limit_look(invocation, moment);
    invocation->record->sampling_ns += clock_now() - begun;
    show(invocation);
    return blame_sampled(invocation);
}

int invocation_observe_template(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct page_counts *counts =
        xcalloc(record->region_count + 1, sizeof *counts);
    count_template(invocation, counts);
    record->template_written = add_up(record, counts).moved;
    record->template_written_known = record->frames_known;
    free(counts);
    return 0;
}
