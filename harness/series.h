/* series.h: the curves of a figure, reduced from results as a selection says.
 *
 * A panel is one figure on paper: all subjects at one workload and number of
 * workers.  A series is one subject in it. */
#ifndef HARNESS_SERIES_H
#define HARNESS_SERIES_H

#include <stddef.h>

#include "harness/results.h"
#include "harness/selection.h"

struct point { /* in the units of the selection */
    double x;
    double y;                /* reduced over the invocations */
    double minimum, maximum; /* over the invocations */
};

struct series {
    const char *subject_label; /* borrowed from the results */
    struct point *points;      /* by x */
    size_t count;
};

struct panel {
    const char *workload_label; /* borrowed from the results */
    unsigned workers;
    struct series *series; /* by label; those without a point are left out */
    size_t count;
};

struct panels {
    struct panel *items; /* by workload, then workers */
    size_t count;
};

/* Free with panels_free; the results must outlive the panels. */
struct panels panels_make(const struct result_set *results,
                          const struct selection *selection);
void panels_free(struct panels *panels);

#endif
