/* promise.h: what a collector writes into inherited pages, held against what it
 * declares: the metadata promise of collectors/collector.h. */
#ifndef SUBJECTS_C_PROMISE_H
#define SUBJECTS_C_PROMISE_H

/* Forks from a loaded heap and collects in children whose mutators are idle.
 * Every byte that changes in an inherited page, and every page that is written
 * without a byte of it changing, must be of a declared kind and place; prints
 * what was written, and to stderr what was not declared.  Returns the exit
 * status. */
int promise_check(void);

#endif
