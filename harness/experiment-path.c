/* experiment-path.c: see experiment-path.h. */
#include "harness/experiment-path.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/place.h"

static int is_experiment(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && !strcmp(dot, ".yaml");
}

/* Looks for NAME.yaml in a directory; NULL with the nearest name in the error.
 */
static char *find_in(const char *directory, const char *name,
                     struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_experiment, alphasort);
    if (count < 0) {
        error_set(error, "unknown experiment '%s': give the path of its file",
                  name);
        return NULL;
    }
    const char **known = xcalloc((size_t)count, sizeof *known);
    for (int i = 0; i < count; i++) {
        *strrchr(entries[i]->d_name, '.') = '\0';
        known[i] = entries[i]->d_name;
    }
    char *path =
        nearest_unknown("experiment", name, known, (size_t)count, error)
            ? NULL
            : xasprintf("%s/%s.yaml", directory, name);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    free(known);
    return path;
}

char *experiment_path(const char *name, struct error *error)
{
    if (strchr(name, '/') || strchr(name, '.'))
        return xstrdup(name);
    char *directory = access("experiments", R_OK) == 0
                          ? xstrdup("experiments")
                          : xasprintf("%s/experiments", place_data());
    char *path = find_in(directory, name, error);
    free(directory);
    return path;
}

bool path_is_utf8(const char *path)
{
    json_t *json = json_string(path);
    bool valid = json != NULL;
    json_decref(json);
    return valid;
}
