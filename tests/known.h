/* known.h: a catalogue that is the same on every machine, for tests: the
 * subjects of tests/fixtures/describe, and `pypy`, which is missing. */
#ifndef TESTS_KNOWN_H
#define TESTS_KNOWN_H

#include "harness/subject.h"

void known_catalogue(struct catalogue *catalogue);

/* A file's text, with a NUL behind it; the caller frees it. */
char *known_text(const char *path);

#endif
