/* store-numbered.c: the directories that `run --new' makes beside each other:
 * NAME, NAME.2, NAME.3 ...; see store.h. */
#include "harness/store.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/memory.h"

/* NAME.2 and up, the first that is not there. */
static char *first_free(const char *directory, unsigned *number)
{
    char *path = xasprintf("%s.%u", directory, *number = 2);
    while (access(path, F_OK) == 0) {
        free(path);
        path = xasprintf("%s.%u", directory, ++*number);
    }
    return path;
}

char *store_fresh_directory(const char *directory)
{
    unsigned number;
    return access(directory, F_OK) == 0 ? first_free(directory, &number)
                                        : xstrdup(directory);
}

static bool is_of(const struct experiment *experiment, const char *directory)
{
    struct store store;
    struct error refusal;
    if (store_open(&store, experiment, directory, STORE_LOOK, &refusal) < 0)
        return false;
    bool described = store.described;
    store_close(&store);
    return described;
}

char *store_numbered(const struct experiment *experiment, const char *directory)
{
    unsigned number;
    free(first_free(directory, &number));
    while (--number >= 2) {
        char *path = xasprintf("%s.%u", directory, number);
        if (is_of(experiment, path))
            return path;
        free(path);
    }
    return NULL;
}
