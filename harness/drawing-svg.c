/* drawing-svg.c: a drawing as SVG: boxes of one colour that follow each other
 * are one path. */
#include "harness/drawing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const classes[DRAWING_STYLES] = {
    [DRAWING_TITLE] = "title",
    [DRAWING_LINE] = "line",
    [DRAWING_AREA] = "area",
    [DRAWING_OFFSET] = "offset",
};

static void put_escaped(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '&':
            fputs("&amp;", file);
            break;
        default: /* XML has no other control characters */
            fputc((unsigned char)*text < 0x20 ? '?' : *text, file);
        }
}

static void put_boxes(FILE *file, const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->box_count;) {
        uint32_t colour = drawing->boxes[i].colour;
        fprintf(file, "<path fill=\"#%06x\" d=\"", (unsigned)colour);
        for (; i < drawing->box_count && drawing->boxes[i].colour == colour;
             i++) {
            const struct drawing_box *box = &drawing->boxes[i];
            fprintf(file, "M%u %uh%uv%uh-%uz", box->x, box->y, box->width,
                    box->height, box->width);
        }
        fputs("\"/>\n", file);
    }
}

static void put_texts(FILE *file, const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->text_count; i++) {
        const struct drawing_text *text = &drawing->texts[i];
        fprintf(file, "<text class=\"%s\" x=\"%u\" y=\"%u\">",
                classes[text->style], text->x, text->y);
        put_escaped(file, text->text);
        fputs("</text>\n", file);
    }
}

static void put_all(FILE *file, const struct drawing *drawing)
{
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" "
            "height=\"%u\" viewBox=\"0 0 %u %u\">\n"
            "<style>text{font:12px 'DejaVu Sans',sans-serif;fill:#222}"
            "text.title{font-size:15px;font-weight:bold}"
            "text.area{font-weight:bold}"
            "text.offset{font-size:10px;text-anchor:end}"
            "path{shape-rendering:crispEdges}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            drawing->width, drawing->height, drawing->width, drawing->height);
    put_boxes(file, drawing);
    put_texts(file, drawing);
    fputs("</svg>\n", file);
}

int drawing_write_svg(const struct drawing *drawing, const char *path,
                      struct error *error)
{
    FILE *file = fopen(path, "we");
    if (file)
        put_all(file, drawing);
    if (!file || ferror(file) | (fclose(file) != 0))
        return error_set(error, "%s: %s; name a file that can be written", path,
                         strerror(errno));
    return 0;
}
