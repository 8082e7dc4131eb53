/* drawing-png.c: a drawing as PNG, drawn by gnuplot (plots/drawing.gp) from a
 * temporary file of its boxes and texts. */
#include "harness/drawing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/gnuplot.h"
#include "harness/memory.h"
#include "harness/place.h"

/* A text as a field of gnuplot's data. */
static void put_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++)
        fputc(*text == '"' || *text == '\\' ? '\'' : *text, file);
    fputc('"', file);
}

/* The index block of each style, which may not be empty. */
static void put_texts(FILE *file, const struct drawing *drawing,
                      enum drawing_style style)
{
    fputs("\n\n0 0 \" \"\n", file);
    for (size_t i = 0; i < drawing->text_count; i++) {
        const struct drawing_text *text = &drawing->texts[i];
        if (text->style != style)
            continue;
        fprintf(file, "%u %u ", text->x, text->y);
        put_quoted(file, text->text);
        fputc('\n', file);
    }
}

static void put_all(FILE *file, const struct drawing *drawing)
{
    fputs("0 0 0 0 16777215\n", file);
    for (size_t i = 0; i < drawing->box_count; i++) {
        const struct drawing_box *box = &drawing->boxes[i];
        fprintf(file, "%u %u %u %u %u\n", box->x, box->y, box->width,
                box->height, (unsigned)box->colour);
    }
    for (int style = 0; style < DRAWING_STYLES; style++)
        put_texts(file, drawing, (enum drawing_style)style);
}

static int write_data(const struct drawing *drawing, char *path,
                      struct error *error)
{
    int descriptor = mkostemp(path, 0);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file)
        put_all(file, drawing);
    if (!file || ferror(file) | (fclose(file) != 0))
        return error_set(error, "%s: %s", path, strerror(errno));
    return 0;
}

static char *commands_for(const struct drawing *drawing, const char *data,
                          const char *path)
{
    char *text = NULL;
    size_t length;
    FILE *commands = open_memstream(&text, &length);
    if (!commands)
        abort();
    gnuplot_assign(commands, "data", data);
    gnuplot_assign(commands, "picture", path);
    fprintf(commands, "pixels_x = %u; pixels_y = %u", drawing->width,
            drawing->height);
    fclose(commands);
    return text;
}

enum exit_status drawing_write_png(const struct drawing *drawing,
                                   const char *path, struct error *error)
{
    const char *directory = getenv("TMPDIR");
    char *data = xasprintf("%s/cowlab-XXXXXX", directory ? directory : "/tmp");
    char *script = xasprintf("%s/plots/drawing.gp", place_data());
    enum exit_status status = EXIT_ENVIRONMENT;
    if (write_data(drawing, data, error) == 0) {
        char *commands = commands_for(drawing, data, path);
        status = gnuplot_run(commands, script, path, NULL, error);
        free(commands);
    }
    unlink(data);
    free(script);
    free(data);
    return status;
}
