/* text.h: the whole text of a file whose size is not known beforehand, such as
 * those under /proc. */
#ifndef SMAPS_TEXT_H
#define SMAPS_TEXT_H

#include <stddef.h>
#include <sys/types.h>

/* Reads a file into memory and puts a NUL after it.  `length` (may be NULL)
 * leaves the NUL out.  The caller frees the text.  Returns 0 or a negative
 * errno. */
int text_read(const char *path, char **text, size_t *length);

/* Reads /proc/PID/NAME of a process in the same way.  Returns 0 or a negative
 * errno: -ESRCH when the process is gone, also in the middle of the reading or
 * when it is a zombie, which has no memory to tell of. */
int text_read_process(pid_t pid, const char *name, char **text, size_t *length);

#endif
