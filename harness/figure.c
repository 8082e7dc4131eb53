/* figure.c: writes a panel's data and has gnuplot draw it. */
#include "config.h"

#include "harness/figure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/commit.h"
#include "harness/gnuplot.h"
#include "harness/memory.h"

static bool in_panel(const struct result *result, const struct panel *panel)
{
    return result->workers == panel->workers &&
           strcmp(result->workload_label, panel->workload_label) == 0;
}

static void write_provenance(FILE *file, const struct selection *selection,
                             const struct panel *panel,
                             const struct result_set *results)
{
    fprintf(file, "# %s: %s\n", selection->name, selection->title);
    fprintf(file, FIGURE_PANEL, panel->workload_label, panel->workers);
    fprintf(file,
            "# drawn by cowlab " PACKAGE_VERSION
            " (commit %s) from these results:\n",
            *COWLAB_COMMIT ? COWLAB_COMMIT : "not known");
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (in_panel(result, panel))
            fprintf(file, FIGURE_RESULT "experiment %s, hash %s, cowlab %s)\n",
                    result->file, result->hash, result->experiment,
                    result->experiment_hash, result->cowlab_version);
    }
    fprintf(file, "# columns: %s [%s], %s [%s], minimum, maximum\n",
            selection->x.quantity->name, selection->x.unit->name,
            selection->y.quantity->name, selection->y.unit->name);
}

static void write_series(FILE *file, const struct series *series)
{
    fputc('"', file);
    for (const char *c = series->subject_label; *c; c++)
        fputc(*c == '"' ? '\'' : *c, file);
    fputs("\"\n", file);
    for (size_t i = 0; i < series->count; i++) {
        const struct point *point = &series->points[i];
        fprintf(file, "%.9g %.9g %.9g %.9g\n", point->x, point->y,
                point->minimum, point->maximum);
    }
}

/* So that no drawing is ever beside data that it does not show. */
static void remove_drawings(const char *stem)
{
    static const char *const endings[] = {"png", "svg", "pdf"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *path = xasprintf("%s.%s", stem, endings[i]);
        unlink(path);
        free(path);
    }
}

int figure_write_data(const char *stem, const struct selection *selection,
                      const struct panel *panel,
                      const struct result_set *results, struct error *error)
{
    char *path = xasprintf("%s.dat", stem);
    remove_drawings(stem);
    FILE *file = fopen(path, "we");
    int outcome = 0;
    if (file) {
        write_provenance(file, selection, panel, results);
        for (size_t i = 0; i < panel->count; i++) {
            if (i)
                fputs("\n\n", file);
            write_series(file, &panel->series[i]);
        }
    }
    if (!file || ferror(file) | (fclose(file) != 0))
        outcome = error_set(error,
                            "%s: %s; give a directory that can be written "
                            "with --out",
                            path, strerror(errno));
    free(path);
    return outcome;
}

/* Everything that a script needs to know, as gnuplot commands; owned by the
 * caller. */
static char *variables(const char *stem, const char *style,
                       const struct selection *selection,
                       const struct panel *panel)
{
    const struct {
        const char *name;
        char *text;
    } texts[] = {
        {"stem", xstrdup(stem)},
        {"plots", xstrdup(style)},
        {"script", xstrdup(selection->script)},
        {"figure_title", xstrdup(selection->title)},
        {"panel_title",
         xasprintf("%s, %u workers", panel->workload_label, panel->workers)},
        {"x_label", xstrdup(selection->x.label)},
        {"y_label", xstrdup(selection->y.label)},
        {"y_unit", xstrdup(selection->y.unit->name)},
    };
    char *text = NULL;
    size_t length;
    FILE *commands = open_memstream(&text, &length);
    if (!commands)
        abort();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gnuplot_assign(commands, texts[i].name, texts[i].text);
        free(texts[i].text);
    }
    fputs("last_values = '", commands);
    for (size_t i = 0; i < panel->count; i++) {
        const struct series *one = &panel->series[i];
        double last = one->points[one->count - 1].y;
        fprintf(commands, fabs(last) < 100 ? "%.3g " : "%.0f ", last);
    }
    fprintf(commands, "'; series = %zu; log_x = %d", panel->count,
            selection->log_x);
    fclose(commands);
    return text;
}

enum exit_status figure_draw(const char *stem, const char *style,
                             const struct selection *selection,
                             const struct panel *panel, struct error *error)
{
    char *settings = variables(stem, style, selection, panel);
    char *formats = xasprintf("%s/formats.gp", style);
    char *data = xasprintf("%s.dat", stem);
    enum exit_status status =
        gnuplot_run(settings, formats, selection->script, data, error);
    free(settings);
    free(formats);
    free(data);
    return status;
}
