/* writes.h: the request `writes` of subjects/PROTOCOL.md. */
#ifndef SUBJECTS_C_WRITES_H
#define SUBJECTS_C_WRITES_H

/* To the template: workers that are forked later watch their pages. */
void writes_answer_template(void);

/* To a worker: the pages that were written, from an address on that may be
 * given. */
void writes_answer_worker(char **words, unsigned count);

#endif
