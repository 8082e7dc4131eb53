/* contents.h: the request `contents` of subjects/PROTOCOL.md: which pages of
 * the heap hold no object, and which hold one that cannot be moved. */
#ifndef SUBJECTS_C_CONTENTS_H
#define SUBJECTS_C_CONTENTS_H

/* From an address on that may be given. */
void contents_answer(char **words, unsigned count);

/* Lets go of what was kept for the next of these requests, which any other may
 * outdate; no byte of the heap is written, nor is memory of libc's taken. */
void contents_forget(void);

#endif
