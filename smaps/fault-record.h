/* fault-record.h: one record of the rings that fault-trace.c reads, taken from
 * its bytes.
 *
 * The kernel writes the records (perf_event_open(2), linux/perf_event.h); the
 * parser is a function of the bytes alone and believes none of them.  It knows
 * the layout that FAULT_SAMPLE_TYPE gives. */
#ifndef SMAPS_FAULT_RECORD_H
#define SMAPS_FAULT_RECORD_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What each sample holds: the call chain for its first user frame, of the stack
 * the uppermost word. */
#define FAULT_SAMPLE_TYPE                                                      \
    (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |                   \
     PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_STACK_USER)

enum fault_record_kind {
    FAULT_PAGE,   /* a page fault */
    FAULT_LOST,   /* the ring was full: `lost` records are not here */
    FAULT_FORK,   /* `pid` and `tid` were made by `parent` */
    FAULT_EXIT,   /* thread `tid` of `pid` ended */
    FAULT_EXEC,   /* `pid` runs another program: nothing is inherited */
    FAULT_MAPPED, /* executable memory was mapped */
    FAULT_OTHER,  /* of no interest */
};

struct fault_record {
    enum fault_record_kind kind;
    pid_t pid, tid;
    pid_t parent;     /* FAULT_FORK: the process that forked */
    uint64_t time_ns; /* CLOCK_MONOTONIC; 0 in FAULT_LOST and FAULT_OTHER */
    uint64_t lost;

    /* FAULT_PAGE */
    uint64_t address;
    uint64_t instruction; /* the program's; its last byte where that called the
                           * kernel; 0: unknown */
    uint64_t stack_top;   /* the word that the stack pointer points to: what a
                           * function that has pushed nothing returns to; 0:
                           * unknown */
    bool in_kernel; /* the kernel touched the page on the program's behalf */
};

/* Takes the record that `bytes` begins with.  Returns its size, or -EBADMSG if
 * there is no whole and sensible record. */
ssize_t fault_record_parse(const void *bytes, size_t size,
                           struct fault_record *record);

#endif
