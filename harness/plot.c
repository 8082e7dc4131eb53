/* plot.c: the verb `cowlab plot`: figures from results. */
#include "harness/verb.h"

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/error.h"
#include "harness/figure.h"
#include "harness/memory.h"
#include "harness/nearest.h"
#include "harness/place.h"
#include "harness/results.h"
#include "harness/selection.h"
#include "harness/series.h"

struct request {
    const char *results;
    const char *figure; /* NULL: all */
    const char *out;    /* NULL: figures/ beside the results */
};

static const struct argp_option options[] = {
    {"figure", 'f', "NAME", 0,
     "draw this figure alone: a name, or the path of a selection (*.yaml)", 0},
    {"out", 'o', "DIR", 0, "write there instead of RESULTS_DIR/figures", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'f':
        request->figure = argument;
        return 0;
    case 'o':
        request->out = argument;
        return 0;
    case ARGP_KEY_ARG:
        verb_take(&request->results, argument, "directory", state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which directory of results?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "RESULTS_DIR",
    .doc = "Draw the figures of the results in a directory."
           "\vEach figure becomes NAME.png, NAME.svg and NAME.pdf, beside the "
           "NAME.dat that it is drawn from; with several workloads or numbers "
           "of workers, one for each.  The paths are printed.  Invalid "
           "invocations are left out, and the exit status is then 2.\n\n"
           "Example: cowlab plot results/demo --figure erosion",
};

/* --- which figures ------------------------------------------------------- */

static int is_selection(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

static bool is_path(const char *figure)
{
    return strchr(figure, '/') || strchr(figure, '.');
}

/* The names in the directory of figures, sorted; a NULL-terminated array. */
static char **figure_names(const char *plots, size_t *count,
                           struct error *error)
{
    struct dirent **entries;
    int found = scandir(plots, &entries, is_selection, alphasort);
    char **names;
    if (found < 0) {
        error_set(error, "%s: %s", plots, strerror(errno));
        return NULL;
    }
    names = xcalloc((size_t)found + 1, sizeof *names);
    for (int i = 0; i < found; i++) {
        const char *dot = strrchr(entries[i]->d_name, '.');
        names[i] = xasprintf("%.*s", (int)(dot - entries[i]->d_name),
                             entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    *count = (size_t)found;
    return names;
}

static void free_names(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

/* --- drawing -------------------------------------------------------------- */

/* OUT/NAME, with workload and workers where a figure has several panels. */
static char *panel_stem(const char *out, const struct selection *selection,
                        const struct panels *panels, const struct panel *panel)
{
    char *stem;
    if (panels->count == 1)
        return xasprintf("%s/%s", out, selection->name);
    stem = xasprintf("%s/%s-%s-w%u", out, selection->name,
                     panel->workload_label, panel->workers);
    for (char *c = stem + strlen(out) + 1; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                    "0123456789-",
                    *c))
            *c = '-';
    return stem;
}

static enum exit_status draw_panel(const char *stem, const char *style,
                                   const struct selection *selection,
                                   const struct panel *panel,
                                   const struct result_set *results,
                                   struct error *error)
{
    enum exit_status status;
    if (!panel->count) {
        if (!selection->optional)
            fprintf(stderr, "cowlab: %s: nothing of it was measured for %s\n",
                    selection->name, panel->workload_label);
        return EXIT_OK;
    }
    if (figure_write_data(stem, selection, panel, results, error) < 0)
        return EXIT_ENVIRONMENT;
    status = figure_draw(stem, style, selection, panel, error);
    if (status == EXIT_OK)
        printf("%s.png\n%s.svg\n%s.pdf\n", stem, stem, stem);
    return status;
}

static enum exit_status draw(const char *path, bool asked, const char *out,
                             const char *style,
                             const struct result_set *results,
                             struct error *error)
{
    enum exit_status status = EXIT_OK;
    struct selection selection;
    struct panels panels;
    if (selection_open(&selection, path, error) < 0)
        return EXIT_USAGE;
    selection.optional &= !asked;
    panels = panels_make(results, &selection);
    for (size_t i = 0; i < panels.count && status == EXIT_OK; i++) {
        char *stem = panel_stem(out, &selection, &panels, &panels.items[i]);
        status = draw_panel(stem, style, &selection, &panels.items[i], results,
                            error);
        free(stem);
    }
    panels_free(&panels);
    selection_close(&selection);
    return status;
}

/* Draws the figures asked for, by name or path. */
static enum exit_status draw_figures(const struct request *request,
                                     const char *out,
                                     const struct result_set *results,
                                     struct error *error)
{
    enum exit_status status = EXIT_OK;
    char *plots = xasprintf("%s/plots", place_data());
    size_t count = 0;
    char **names = figure_names(plots, &count, error);
    if (!names) {
        status = EXIT_ENVIRONMENT;
    } else if (request->figure && is_path(request->figure)) {
        status = draw(request->figure, true, out, plots, results, error);
    } else if (request->figure &&
               nearest_unknown("figure", request->figure,
                               (const char *const *)names, count, error)) {
        status = EXIT_USAGE;
    } else {
        for (size_t i = 0; i < count && status == EXIT_OK; i++) {
            char *path = xasprintf("%s/%s.yaml", plots, names[i]);
            if (!request->figure || strcmp(names[i], request->figure) == 0)
                status = draw(path, request->figure != NULL, out, plots,
                              results, error);
            free(path);
        }
    }
    free_names(names);
    free(plots);
    return status;
}

static enum exit_status plot(const struct request *request, const char *out,
                             struct error *error)
{
    enum exit_status status;
    struct result_set results;
    if (results_open(&results, request->results, error) < 0)
        return EXIT_ENVIRONMENT;
    for (size_t i = 0; i < results.left_out_count; i++)
        fprintf(stderr, "cowlab: left out %s: invalid: %s\n",
                results.left_out[i].file, results.left_out[i].why);
    if (!results.count) {
        error_set(error, "%s: no invocation in it is valid; nothing to draw",
                  request->results);
        status = EXIT_INVALID;
    } else if (mkdir(out, 0777) < 0 && errno != EEXIST) {
        error_set(error, "%s: %s", out, strerror(errno));
        status = EXIT_ENVIRONMENT;
    } else {
        status = draw_figures(request, out, &results, error);
        if (status == EXIT_OK && results.left_out_count)
            status = EXIT_INVALID;
    }
    results_close(&results);
    return status;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct error error = {""};
    enum exit_status status;
    char *out;
    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &request);
    out = request.out ? xstrdup(request.out)
                      : xasprintf("%s/figures", request.results);
    status = plot(&request, out, &error);
    if (*error.text)
        fprintf(stderr, "cowlab: %s\n", error.text);
    free(out);
    return status;
}

const struct verb verb_plot = {
    .name = "plot",
    .summary = "draw the figures of results",
    .run = run,
};
