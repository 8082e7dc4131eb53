/* figure.c: writes a panel's data and has gnuplot draw it. */
#include "config.h"

#include "harness/figure.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/memory.h"

extern char **environ;

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
    fprintf(file, "# workload %s, %u workers\n", panel->workload_label,
            panel->workers);
    fprintf(file,
            "# drawn by cowlab " PACKAGE_VERSION " from these results:\n");
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (in_panel(result, panel))
            fprintf(file, "#   %s (experiment %s, hash %s, cowlab %s)\n",
                    result->file, result->experiment, result->experiment_hash,
                    result->cowlab_version);
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

int figure_write_data(const char *stem, const struct selection *selection,
                      const struct panel *panel,
                      const struct result_set *results, struct error *error)
{
    char *path = xasprintf("%s.dat", stem);
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

/* Appends `name = 'text'` in gnuplot's quoting. */
static void assign(FILE *commands, const char *name, const char *text)
{
    fprintf(commands, "%s = '", name);
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            fputc('\'', commands);
        fputc(*c, commands);
    }
    fputs("'; ", commands);
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
        assign(commands, texts[i].name, texts[i].text);
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

/* Runs gnuplot with its stdout on our stderr: stdout is for the paths. */
static int spawn_gnuplot(char *const argv[], int *status)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int fault;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    fault = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (fault)
        return fault;
    while (waitpid(pid, status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

enum exit_status figure_draw(const char *stem, const char *style,
                             const struct selection *selection,
                             const struct panel *panel, struct error *error)
{
    char *settings = variables(stem, style, selection, panel);
    char *script = xasprintf("%s/formats.gp", style);
    char *argv[] = {(char *)"gnuplot", (char *)"-e", settings, script, NULL};
    int status = 0;
    int fault = spawn_gnuplot(argv, &status);
    free(settings);
    free(script);
    if (fault == ENOENT) {
        error_set(error,
                  "gnuplot is not installed (Debian package gnuplot-nox); the "
                  "data are in %s.dat",
                  stem);
        return EXIT_ENVIRONMENT;
    }
    if (fault) {
        error_set(error, "gnuplot could not be started: %s", strerror(fault));
        return EXIT_ENVIRONMENT;
    }
    if (status) {
        error_set(error,
                  "%s: gnuplot could not draw %s.dat (wait status %d); what it "
                  "said stands above",
                  selection->script, stem, status);
        return EXIT_INTERNAL;
    }
    return EXIT_OK;
}
