/* stat.h: numbers of /proc/PID/stat, by the field numbers of proc(5). */
#ifndef SMAPS_STAT_H
#define SMAPS_STAT_H

#include <stddef.h>
#include <stdint.h>

/* The first field after the command's name: one letter, the state. */
#define STAT_STATE 3u

/* Takes the numbers of `count` fields, in rising order and from 4 on, out of
 * the text of a stat file; the command's name in it may hold spaces and
 * parentheses.  The text must go on after each of them: it was cut otherwise.
 * Returns 0 or -EBADMSG. */
int stat_numbers(const char *text, const unsigned *fields, size_t count,
                 uint64_t *values);

/* Where the text has its third field, or NULL. */
const char *stat_state(const char *text);

#endif
