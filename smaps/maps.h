/* maps.h: the mappings of a process, from /proc/PID/maps. */
#ifndef SMAPS_MAPS_H
#define SMAPS_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping {
    uint64_t start, end; /* addresses, end exclusive */
    uint64_t offset;     /* of the start in the file behind it */
    bool readable, writable, executable;
    bool shared;   /* MAP_SHARED */
    bool file;     /* has an inode behind it */
    char name[96]; /* path or [heap], cut when longer; "" if none */
};

struct mappings {
    struct mapping *items; /* in address order */
    size_t count;
};

/* Parses one line, without its newline or with it.  Returns 0 or -EBADMSG. */
int mapping_parse(const char *line, struct mapping *mapping);

/* Parses the text of a whole maps file, whose lines end with newlines; what
 * follows the last one is left out.  The caller frees the mappings with
 * mappings_free.  Returns 0, -EBADMSG or -ENOMEM. */
int mappings_parse(const char *text, struct mappings *mappings);

/* Reads all mappings of a process; the caller frees them with mappings_free.
 * Returns 0 or a negative errno. */
int mappings_read(pid_t pid, struct mappings *mappings);
void mappings_free(struct mappings *mappings);

#endif
