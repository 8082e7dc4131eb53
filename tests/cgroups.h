/* cgroups.h: a copy of another machine's trees of control groups, for tests
 * whose mkdir, rmdir and write are wrapped. */
#ifndef TESTS_CGROUPS_H
#define TESTS_CGROUPS_H

/* Where the copy is. */
extern char cgroups_root[];

/* What every new group has: name, content; NULL ends. */
extern const char *const *cgroups_files;

extern const char *cgroups_refused; /* below this directory none may be made */
extern const char *cgroups_busy;    /* writing to the file of this name fails */

/* Setup and teardown of a test: a machine without groups. */
int cgroups_open(void **state);
int cgroups_close(void **state);

/* A machine of the first version, and we in /job. */
void cgroups_first(void);

/* One of the second, and we in a group of a user's that has processes. */
void cgroups_second(void);

/* Puts a file there, with its directories. */
void cgroups_put(const char *path, const char *text);

/* Runs a command of the shell, which is to succeed. */
void cgroups_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
