/* faults.h: a process's page faults, from /proc/PID/stat. */
#ifndef SMAPS_FAULTS_H
#define SMAPS_FAULTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault_counts {
    uint64_t minor; /* served without reading from disk: copies are these */
    uint64_t major;
};

/* Parses the text of a stat file; the command name in it may hold spaces and
 * parentheses.  Returns 0 or -EBADMSG. */
int fault_counts_parse(const char *text, struct fault_counts *faults);

/* Reads a process's counts.  Returns 0 or a negative errno. */
int fault_counts_read(pid_t pid, struct fault_counts *faults);

#endif
