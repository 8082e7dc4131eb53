/* check-figures.c: figures against the results that are there; see check.h.
 *
 * By what they were made from, not by their time: the data of a figure name
 * every result with its hash (figure.h), and no drawing outlives its data. */
#include "harness/check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/figure.h"
#include "harness/memory.h"

/* What the header of a .dat says. */
struct header {
    char *workload; /* NULL: it says nothing */
    unsigned workers;
    json_t *hashes; /* by the file of the result */
};

static void read_panel(struct header *header, char *line)
{
    static const char start[] = "# workload ";
    char *comma = strrchr(line, ',');
    if (strncmp(line, start, strlen(start)) || !comma ||
        sscanf(comma, ", %u workers", &header->workers) != 1)
        return;
    free(header->workload);
    header->workload = xasprintf("%.*s", (int)(comma - line - strlen(start)),
                                 line + strlen(start));
}

static void read_result(struct header *header, const char *line)
{
    char file[256], hash[FILE_HASH_SIZE];
    if (sscanf(line, "#   %255[^ ] (xxh64 %16[0-9a-f];", file, hash) == 2)
        json_object_set_new(header->hashes, file, json_string(hash));
}

static struct header read_header(const char *path)
{
    struct header header = {.hashes = json_object()};
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    while (file && getline(&line, &size, file) > 0 && *line == '#') {
        read_panel(&header, line);
        read_result(&header, line);
    }
    free(line);
    if (file)
        fclose(file);
    return header;
}

/* Whether a result would be drawn in the figure. */
static bool belongs(const struct holding *holding, const struct header *header)
{
    const json_t *cell = json_object_get(holding->json, "cell");
    return holding->valid &&
           !strcmp(holdings_text(cell, "workload", "label"),
                   header->workload) &&
           json_integer_value(json_object_get(cell, "workers")) ==
               header->workers;
}

/* Compares the results named with those that are there. */
static void compare(const struct holdings *holdings,
                    const struct header *header, const char *name,
                    struct remarks *remarks)
{
    size_t new = 0, changed = 0, same = 0;
    for (size_t i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->items[i];
        const char *then =
            json_string_value(json_object_get(header->hashes, holding->file));
        if (!belongs(holding, header))
            continue;
        char *path = xasprintf("%s/%s", holdings->directory, holding->file);
        char now[FILE_HASH_SIZE] = "";
        file_hash_path(path, now);
        if (!then)
            new ++;
        else if (strcmp(then, now))
            changed++;
        else
            same++;
        free(path);
    }
    size_t gone = json_object_size(header->hashes) - changed - same;
    if (new || changed || gone)
        remarks_add(remarks, GRAVITY_WRONG, "stale", name,
                    "draw it again: cowlab plot",
                    "drawn from other results: of those that are here, %zu are "
                    "not in it and %zu have changed; %zu that are in it are "
                    "not here, or no longer valid",
                    new, changed, gone);
}

static void check_data(const struct holdings *holdings, const char *path,
                       const char *name, struct remarks *remarks)
{
    struct header header = read_header(path);
    if (header.workload && json_object_size(header.hashes))
        compare(holdings, &header, name, remarks);
    else
        remarks_add(remarks, GRAVITY_WRONG, "stale", name,
                    "draw it again: cowlab plot",
                    "it does not tell the hashes of the results that it was "
                    "drawn from");
    free(header.workload);
    json_decref(header.hashes);
}

static const char *ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot : "";
}

static int is_figure(const struct dirent *entry)
{
    static const char *const endings[] = {".dat", ".png", ".svg", ".pdf"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!strcmp(ending(entry->d_name), endings[i]))
            return true;
    return false;
}

/* A drawing is as good as the data beside it. */
static void check_drawing(const char *path, const char *name,
                          struct remarks *remarks)
{
    char *data = xasprintf("%.*s.dat", (int)(ending(path) - path), path);
    if (access(data, F_OK))
        remarks_add(remarks, GRAVITY_WARNING, "no-data", name,
                    "draw it again with cowlab plot, or move it away",
                    "a drawing without its data: nothing tells what it shows");
    free(data);
}

static size_t check_directory(const struct holdings *holdings,
                              const char *below, struct remarks *remarks)
{
    struct dirent **entries;
    size_t looked_at = 0;
    char *directory = xasprintf("%s/%s", holdings->directory, below);
    int count = scandir(directory, &entries, is_figure, alphasort);
    for (int i = 0; i < count; i++) {
        char *name = xasprintf("%s%s", below, entries[i]->d_name);
        char *path = xasprintf("%s/%s", holdings->directory, name);
        if (!strcmp(ending(name), ".dat")) {
            check_data(holdings, path, name, remarks);
            looked_at++;
        } else
            check_drawing(path, name, remarks);
        free(path);
        free(name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    free(directory);
    return looked_at;
}

size_t check_figures(const struct holdings *holdings, struct remarks *remarks)
{
    return check_directory(holdings, "", remarks) +
           check_directory(holdings, "figures/", remarks);
}
