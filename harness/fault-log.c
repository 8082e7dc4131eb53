/* fault-log.c: see fault-log.h.  Faults are sorted by process, page and time
 * when the first question comes. */
#include "harness/fault-log.h"

#include <stdlib.h>

#include "harness/memory.h"
#include "smaps/pagemap.h"

static uint64_t page_of(const struct logged_fault *fault)
{
    return fault->address / PAGEMAP_PAGE_SIZE;
}

static int compare_pages(pid_t pid, uint64_t page,
                         const struct logged_fault *fault)
{
    if (pid != fault->pid)
        return pid < fault->pid ? -1 : 1;
    return (page > page_of(fault)) - (page < page_of(fault));
}

static int compare(const void *left, const void *right)
{
    const struct logged_fault *a = left, *b = right;
    int order = compare_pages(a->pid, page_of(a), b);
    return order ? order
                 : (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

void fault_log_add(const struct fault_record *record, void *context)
{
    struct fault_log *log = context;
    if (record->kind != FAULT_PAGE)
        return;
    if (log->count == log->capacity) {
        log->capacity = 2 * log->capacity + 1024;
        log->items =
            xreallocarray(log->items, log->capacity, sizeof *log->items);
    }
    log->items[log->count++] = (struct logged_fault){
        .pid = record->pid,
        .time_ns = record->time_ns,
        .address = record->address,
        .instruction = record->instruction,
        .stack_top = record->stack_top,
        .in_kernel = record->in_kernel,
    };
    log->sorted = false;
}

const struct logged_fault *fault_log_first(struct fault_log *log, pid_t pid,
                                           uint64_t page)
{
    size_t low = 0, high = log->count;
    if (!log->sorted && log->count)
        qsort(log->items, log->count, sizeof *log->items, compare);
    log->sorted = true;
    page /= PAGEMAP_PAGE_SIZE;
    while (low < high) { /* the first that is not before the page */
        size_t middle = low + (high - low) / 2;
        if (compare_pages(pid, page, &log->items[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found =
        low < log->count && !compare_pages(pid, page, &log->items[low]);
    return found ? &log->items[low] : NULL;
}

void fault_log_clear(struct fault_log *log)
{
    free(log->items);
    *log = (struct fault_log){0};
}
