/* map.c: the verb `cowlab map`: the heap as a picture. */
#include "harness/map.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/drawing.h"
#include "harness/verb.h"

enum {
    LINE_CELLS = 64, /* where the terminal does not say how wide it is */
    LINE_CELLS_MAX = 128,
    ROW_CELLS = 256, /* of a file: 1 MiB; half of that for small heaps */
    SMALL_PAGES = 64 * ROW_CELLS / 2,
    WIDTH_MAX = 4096,
};

struct request {
    const char *what; /* a pid or a result */
    const char *svg, *png;
    unsigned width; /* 0: as fits */
    struct map_wish wish;
};

static const struct argp_option options[] = {
    {"svg", 's', "FILE", 0, "write the picture there instead of printing it",
     0},
    {"png", 'p', "FILE", 0, "the same as PNG, through gnuplot", 0},
    {"region", 'r', "NAME", 0,
     "draw this region alone; of a process, the mappings of that name", 0},
    {"width", 'w', "N", 0, "cells in a line", 0},
    {"worker", 'k', "INDEX", 0, "which worker of a result (default: 0)", 0},
    {"at", 'a', "MOMENT", 0,
     "when, in a result: forked, collection (of the idle worker; collection:2 "
     "is the second), a number of requests after which a sample was taken, or "
     "end (the default)",
     0},
    {0},
};

static unsigned number_of(const char *argument, unsigned lowest,
                          unsigned highest, const char *option,
                          struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(argument, &end, 10);
    if (errno || *argument < '0' || *argument > '9' || *end ||
        number < lowest || number > highest)
        argp_error(state, "%s: '%s' is not a number from %u to %u", option,
                   argument, lowest, highest);
    return (unsigned)number;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 's':
        request->svg = argument;
        return 0;
    case 'p':
        request->png = argument;
        return 0;
    case 'r':
        request->wish.region = argument;
        return 0;
    case 'w':
        request->width = number_of(argument, 1, WIDTH_MAX, "--width", state);
        return 0;
    case 'k':
        request->wish.worker =
            number_of(argument, 0, INT32_MAX, "--worker", state);
        return 0;
    case 'a':
        if (map_moment_parse(argument, &request->wish.moment) < 0)
            argp_error(state,
                       "--at: '%s' is not forked, collection, end or a number "
                       "of requests",
                       argument);
        return 0;
    case ARGP_KEY_ARG:
        verb_take(&request->what, argument, "process or result", state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "of what? Give a pid or a result's file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "PID|RESULT",
    .doc =
        "Draw a heap, one cell for each page: what is shared still, what is "
        "broken and, in a result, by what kind of write; what is new, and what "
        "is gone.  Of a running process its private memory is drawn, beside "
        "that of the process that forked it, and which of the broken pages "
        "are identical to that one's still, where their bytes may be read; of "
        "a result the regions of a "
        "worker, if its experiment says `blame: true', at any of its samples, "
        "and also which shared pages hold no object, and which one that "
        "compaction cannot move: from outside a process does not show that."
        "\vBlocks in colour on a terminal, unless NO_COLOR is set; letters "
        "elsewhere.  Where there would be too many cells, each is several "
        "pages, and the picture says so.\n\n"
        "Example: cowlab map $$ --region '[stack]'",
};

/* A round part of a MiB that fits the terminal. */
static unsigned line_cells(void)
{
    struct winsize size;
    unsigned cells = LINE_CELLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
        return cells;
    for (cells = LINE_CELLS_MAX; cells > 1 && cells + 2 > size.ws_col;)
        cells /= 2;
    return cells;
}

static bool in_colour(void)
{
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(refused && *refused) &&
           !(terminal && !strcmp(terminal, "dumb"));
}

static unsigned row_cells(const struct picture *picture)
{
    for (size_t i = 0; i < picture->area_count; i++)
        if (picture->areas[i].pages > SMALL_PAGES)
            return ROW_CELLS;
    return ROW_CELLS / 2;
}

static enum exit_status write_files(const struct request *request,
                                    const struct picture *picture,
                                    struct error *error)
{
    enum exit_status status = EXIT_OK;
    struct drawing drawing;
    drawing_open(&drawing, picture,
                 request->width ? request->width : row_cells(picture));
    if (request->svg) {
        if (drawing_write_svg(&drawing, request->svg, error) < 0)
            status = EXIT_ENVIRONMENT;
        else
            puts(request->svg);
    }
    if (request->png && status == EXIT_OK) {
        status = drawing_write_png(&drawing, request->png, error);
        if (status == EXIT_OK)
            puts(request->png);
    }
    drawing_close(&drawing);
    return status;
}

static bool is_pid(const char *what)
{
    return strspn(what, "0123456789") == strlen(what) && strlen(what) <= 9;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    struct picture picture = {0};
    struct error error = {""};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request))
        return EXIT_USAGE;
    enum exit_status status =
        is_pid(request.what)
            ? map_process(&picture, (pid_t)atol(request.what),
                          request.wish.region, &error)
            : map_result(&picture, request.what, &request.wish, &error);
    if (status == EXIT_OK && (request.svg || request.png))
        status = write_files(&request, &picture, &error);
    else if (status == EXIT_OK)
        picture_print(&picture, request.width ? request.width : line_cells(),
                      in_colour(), stdout);
    if (*error.text)
        fprintf(stderr, "cowlab: %s\n", error.text);
    picture_clear(&picture);
    return status;
}

const struct verb verb_map = {
    .name = "map",
    .summary = "a heap as a picture, page by page",
    .run = run,
};
