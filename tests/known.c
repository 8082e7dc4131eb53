/* known.c: a catalogue read from recorded descriptions. */
#include "known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

static void check(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "known catalogue: %s\n", what);
        abort();
    }
}

char *known_text(const char *path)
{
    FILE *file = fopen(path, "re");
    check(file != NULL, path);
    char *text = xcalloc(1, 1 << 16);
    check(fread(text, 1, (1 << 16) - 1, file) > 0, path);
    fclose(file);
    return text;
}

static void add(struct catalogue *catalogue, const char *name, bool collector)
{
    char *path = xasprintf(FIXTURES "/describe/%s.txt", name);
    char *text = known_text(path);
    struct subject *subject = &catalogue->subjects[catalogue->count++];
    struct error error;
    check(subject_parse(subject, text, &error) == 0, path);
    free(subject->name);
    subject->name = xstrdup(name);
    subject->collector = collector;
    free(text);
    free(path);
}

void known_catalogue(struct catalogue *catalogue)
{
    *catalogue =
        (struct catalogue){.subjects = xcalloc(4, sizeof *catalogue->subjects),
                           .missing = xcalloc(2, sizeof *catalogue->missing),
                           .missing_count = 2};
    add(catalogue, "mark-header", true);
    add(catalogue, "mark-side", true);
    add(catalogue, "gunicorn", false);
    add(catalogue, "python", false);
    catalogue->missing[0].name = xstrdup("pypy");
    catalogue->missing[0].why =
        xstrdup("pypy3 is not installed (Debian package pypy3)");
    catalogue->missing[1].name = xstrdup("puma");
    catalogue->missing[1].why =
        xstrdup("puma is not installed (Debian package puma)");
}
