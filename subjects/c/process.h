/* process.h: the template and the workers of a collector program. */
#ifndef SUBJECTS_C_PROCESS_H
#define SUBJECTS_C_PROCESS_H

/* Speaks the subject protocol as the template, and in its forks as workers,
 * until told to quit or the connection closes.  Does not return. */
_Noreturn void process_template(void);

#endif
