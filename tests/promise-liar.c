/* promise-liar.c: mark-header, with the rows of one kind of metadata, named by
 * the environment variable HIDE, left out of its declaration: the test of the
 * promise is tested on it. */
#include "heap/mark-header.h"
#include "heap/mark-sweep-collector.h"

#include <stdlib.h>

static struct metadata declared_rows[LENGTH(mark_sweep_metadata)];

static __attribute__((constructor)) void hide_rows(void)
{
    const char *hide = getenv("HIDE");
    for (size_t i = 0; i < LENGTH(declared_rows); i++) {
        declared_rows[i] = mark_sweep_metadata[i];
        if (hide != NULL && strcmp(declared_rows[i].kind, hide) == 0) {
            declared_rows[i].kind = "hidden";
        }
    }
}

#define mark_sweep_metadata declared_rows
MARK_SWEEP_COLLECTOR("liar", NULL, "mark-header, with metadata hidden");

#include "workloads/all.h"
