/* probe.h: what this kernel tells this user, found by trying it.
 *
 * A setting or a version says little: calls are refused by filters, bits are
 * compiled out, and a write to clear_refs succeeds where it does nothing.  Each
 * probe makes a case whose outcome is known and looks whether the kernel says
 * so.  They take a millisecond or two each; some fork a child for that long. */
#ifndef SMAPS_PROBE_H
#define SMAPS_PROBE_H

enum probe_verdict {
    PROBE_YES,
    PROBE_PARTLY, /* of what the program itself does, not the kernel for it */
    PROBE_NO,
    PROBE_UNKNOWN, /* the case could not be made */
};

struct probe_answer {
    enum probe_verdict verdict;
    char why[160]; /* but for PROBE_YES: in a few words */
};

/* smaps_rollup gives totals. */
struct probe_answer probe_rollup(void);

/* Bit 56 of pagemap tells a page of one's own from one still shared. */
struct probe_answer probe_exclusive(void);

/* The same for single pages of huge ones: CONFIG_NO_PAGE_MAPCOUNT estimates. */
struct probe_answer probe_exclusive_in_huge(void);

/* pagemap shows page frames. */
struct probe_answer probe_frames(void);

/* PAGEMAP_SCAN finds the populated pages. */
struct probe_answer probe_scan(void);

/* userfaultfd protects pages against writing. */
struct probe_answer probe_userfaultfd(void);

/* With WP_ASYNC, PAGEMAP_SCAN finds the pages written since. */
struct probe_answer probe_written(void);

/* Soft-dirty bits do, once clear_refs has cleared them. */
struct probe_answer probe_soft_dirty(void);

/* perf_event_open counts minor page faults. */
struct probe_answer probe_fault_events(void);

/* perf_event_open counts processor cycles: there is a PMU. */
struct probe_answer probe_cycles(void);

/* pidfd_open makes a descriptor of a process. */
struct probe_answer probe_pidfd(void);

/* /proc/PID/mem reads a child's memory (difference.h). */
struct probe_answer probe_memory(void);

#endif
