/* map.h: where the picture of `cowlab map` comes from. */
#ifndef HARNESS_MAP_H
#define HARNESS_MAP_H

#include <sys/types.h>

#include "harness/error.h"
#include "harness/map-moment.h"
#include "harness/picture.h"

/* The private memory of a running process, mapping by mapping: beside that of
 * the process that forked it, if that runs the same program still and this one
 * has forked none itself, of which it also tells the broken pages that hold the
 * same still; `region` picks mappings by their name, NULL all.
 * Returns an exit status of error.h. */
enum exit_status map_process(struct picture *picture, pid_t pid,
                             const char *region, struct error *error);

/* What is to be drawn of a result. */
struct map_wish {
    unsigned worker;
    struct map_moment moment;
    const char *region; /* NULL: those of the heap */
};

/* The regions of one worker, as a result's page maps have them.  Likewise. */
enum exit_status map_result(struct picture *picture, const char *path,
                            const struct map_wish *wish, struct error *error);

#endif
