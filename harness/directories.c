/* directories.c: see directories.h. */
#include "harness/directories.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/description.h"
#include "harness/memory.h"

#define RESULTS "results"

static void add(struct directories *directories, const char *directory)
{
    directories->items = xreallocarray(
        directories->items, directories->count + 1, sizeof *directories->items);
    directories->items[directories->count++] = xstrdup(directory);
}

void directories_add(struct directories *directories, const char *directory)
{
    add(directories, directory);
    directories->given = true;
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

enum exit_status directories_find(struct directories *directories)
{
    char *const roots[] = {(char *)RESULTS, NULL};
    if (directories->given)
        return EXIT_OK;
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    for (FTSENT *entry; tree && (entry = fts_read(tree));) {
        char *path = xasprintf("%s/" DESCRIPTION_FILE, entry->fts_path);
        if (entry->fts_info == FTS_D && access(path, F_OK) == 0)
            add(directories, entry->fts_path);
        free(path);
    }
    if (tree)
        fts_close(tree);
    if (directories->count)
        return EXIT_OK;
    fprintf(stderr, "cowlab: nothing below " RESULTS
                    "/ was written by cowlab run: give a directory\n");
    return EXIT_ENVIRONMENT;
}

void directories_free(struct directories *directories)
{
    for (size_t i = 0; i < directories->count; i++)
        free(directories->items[i]);
    free(directories->items);
    *directories = (struct directories){0};
}
