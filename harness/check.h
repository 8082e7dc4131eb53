/* check.h: whether the results in a directory can be published: each part looks
 * for one kind of flaw and remarks on it.
 *
 * Results of which the run itself says that they are invalid are wrong, and are
 * then held against nothing else. */
#ifndef HARNESS_CHECK_H
#define HARNESS_CHECK_H

#include "harness/holdings.h"
#include "harness/remarks.h"

/* What should be there and is not, what is there and should not be, what is
 * invalid or torn. */
void check_matrix(const struct holdings *holdings, struct remarks *remarks);

/* Results of other machines, of other settings of one machine, of other builds
 * of cowlab or of a subject. */
void check_origins(const struct holdings *holdings, struct remarks *remarks);

/* Results of other work than the description says, and subjects that answered
 * the same work differently. */
void check_work(const struct holdings *holdings, struct remarks *remarks);

/* What the runs themselves warned of. */
void check_warnings(const struct holdings *holdings, struct remarks *remarks);

/* Figures, here and in figures/, of other results than are here; returns how
 * many sets of data were looked at. */
size_t check_figures(const struct holdings *holdings, struct remarks *remarks);

#endif
