/* drawing.h: a picture laid out on a plane, as boxes and lines of text, and the
 * plane as SVG and as PNG. */
#ifndef HARNESS_DRAWING_H
#define HARNESS_DRAWING_H

#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/picture.h"

/* A filled rectangle; all lengths are in pixels, from the upper left. */
struct drawing_box {
    unsigned x, y, width, height;
    uint32_t colour; /* 0xRRGGBB */
};

enum drawing_style {
    DRAWING_TITLE,
    DRAWING_LINE,
    DRAWING_AREA,   /* the line above an area */
    DRAWING_OFFSET, /* beside it, ends at x */
    DRAWING_STYLES,
};

struct drawing_text {
    unsigned x, y; /* y of the line that the letters stand on */
    enum drawing_style style;
    char *text;
};

struct drawing {
    unsigned width, height;
    struct drawing_box *boxes; /* those of one colour side by side */
    size_t box_count, box_capacity;
    struct drawing_text *texts;
    size_t text_count;
};

/* Lays a picture out with `width` cells in a row; free with drawing_close. */
void drawing_open(struct drawing *drawing, const struct picture *picture,
                  unsigned width);
void drawing_close(struct drawing *drawing);

int drawing_write_svg(const struct drawing *drawing, const char *path,
                      struct error *error);

/* Has gnuplot draw it.  Returns an exit status of error.h. */
enum exit_status drawing_write_png(const struct drawing *drawing,
                                   const char *path, struct error *error);

#endif
