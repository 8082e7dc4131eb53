/* program.h: the files that make a subject what it is: the collector's program,
 * or the script that its runtime is given, with the script's parts. */
#ifndef HARNESS_PROGRAM_H
#define HARNESS_PROGRAM_H

#include "harness/error.h"
#include "harness/subject.h"

/* The program or script in the subject's command; borrowed from it. */
const char *program_path(const struct subject *subject);

/* xxh64 of the file's bytes as 16 hexadecimal digits, after its pages have been
 * written to disk: dirty ones would count as a process's own.  A script
 * NAME.END is one program with all files in the folder NAME beside it, and
 * those below, but for hidden ones and Python's *.pyc: then it is the xxh64 of
 * their paths and hashes.
 * The caller frees it; NULL with an error when a file cannot be read. */
char *program_hash(const char *path, struct error *error);

/* The hash of the program or script in the subject's command; with the parts
 * that the subject names, paths from the script's folder, it is the xxh64 of
 * that, their paths and their own hashes.  As program_hash. */
char *program_subject_hash(const struct subject *subject, struct error *error);

/* The same of cowlab itself, read once; NULL when it cannot be. */
const char *program_own_hash(void);

#endif
