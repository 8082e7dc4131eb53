/* figure.h: a panel on disk: its data with where they come from, and gnuplot's
 * drawing of it as PNG, SVG and PDF. */
#ifndef HARNESS_FIGURE_H
#define HARNESS_FIGURE_H

#include "harness/error.h"
#include "harness/results.h"
#include "harness/selection.h"
#include "harness/series.h"

/* Removes STEM.png, STEM.svg and STEM.pdf, which are of other data, and writes
 * STEM.dat: a header that names the results, each with the hash of its file;
 * then for each series a gnuplot index block, its label first, of the columns
 * x, y, minimum and maximum. */
int figure_write_data(const char *stem, const struct selection *selection,
                      const struct panel *panel,
                      const struct result_set *results, struct error *error);

/* What a header says of one result and of its workload and workers; the formats
 * of figure_write_data, for who reads them back. */
#define FIGURE_PANEL  "# workload %s, %u workers\n"
#define FIGURE_RESULT "#   %s (xxh64 %s; "

/* Draws STEM.png, STEM.svg and STEM.pdf from STEM.dat; `style` is the directory
 * of style.gp.  Returns an exit status of error.h. */
enum exit_status figure_draw(const char *stem, const char *style,
                             const struct selection *selection,
                             const struct panel *panel, struct error *error);

#endif
