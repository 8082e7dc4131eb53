/* gnuplot.h: runs gnuplot, which may not be installed. */
#ifndef HARNESS_GNUPLOT_H
#define HARNESS_GNUPLOT_H

#include <stdio.h>

#include "harness/error.h"

/* Appends `name = 'text'; ` in gnuplot's quoting. */
void gnuplot_assign(FILE *commands, const char *name, const char *text);

/* Runs the commands, then the script.  Returns an exit status of error.h; the
 * error names `what` was to be drawn, and where its data are, if not NULL. */
enum exit_status gnuplot_run(const char *commands, const char *script,
                             const char *what, const char *data,
                             struct error *error);

#endif
