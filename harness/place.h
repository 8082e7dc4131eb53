/* place.h: where cowlab's own programs and files are.
 *
 * A cowlab that stands beside a directory `collectors` is in a build tree: it
 * takes the programs from there and the data from the source tree.  Any other
 * one is installed. */
#ifndef HARNESS_PLACE_H
#define HARNESS_PLACE_H

/* The directory that holds `collectors`; lives as long as the process. */
const char *place_programs(void);

/* The directory that holds `subjects` (adapters) and `plots` (figures). */
const char *place_data(void);

#endif
