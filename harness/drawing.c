/* drawing.c: lays a picture out: what it is, a legend, then area by area its
 * cells in rows; see drawing.h. */
#include "harness/drawing.h"

#include <stdbool.h>
#include <stdlib.h>

#include "harness/memory.h"

#define CELLS_MAX   (UINT64_C(1) << 18) /* of one area */
#define MARGIN      20u
#define LEFT        80u   /* room for offsets beside an area */
#define AREA_WIDTH  1024u /* roughly */
#define LINE        18u   /* of text */
#define SWATCH      12u   /* of the legend */
#define LEGEND_STEP 150u  /* from one kind to the next */
#define TICK_PIXELS 64u   /* from one offset to the next, at least */

/* How cells are laid out. */
struct grid {
    unsigned width;  /* cells in a row */
    unsigned size;   /* of a cell */
    uint64_t bucket; /* pages in a cell */
};

static void add_box(struct drawing *drawing, struct drawing_box box)
{
    if (drawing->box_count == drawing->box_capacity) {
        drawing->box_capacity = 2 * drawing->box_capacity + 256;
        drawing->boxes = xreallocarray(drawing->boxes, drawing->box_capacity,
                                       sizeof *drawing->boxes);
    }
    drawing->boxes[drawing->box_count++] = box;
}

/* Takes the text over. */
static void add_text(struct drawing *drawing, unsigned x, unsigned y,
                     enum drawing_style style, char *text)
{
    drawing->texts = xreallocarray(drawing->texts, drawing->text_count + 1,
                                   sizeof *drawing->texts);
    drawing->texts[drawing->text_count++] =
        (struct drawing_text){x, y, style, text};
}

/* Adds a line of text below all that is there. */
static void add_line(struct drawing *drawing, enum drawing_style style,
                     char *text)
{
    drawing->height += LINE;
    add_text(drawing, LEFT, drawing->height, style, text);
}

static uint32_t number_of(struct colour colour)
{
    return (uint32_t)colour.red << 16 | (uint32_t)colour.green << 8 |
           colour.blue;
}

static void add_legend(struct drawing *drawing, const struct picture *picture)
{
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    unsigned x = LEFT;
    picture_count_all(picture, counts);
    drawing->height += LINE;
    for (int i = 0; i < PAGE_MAP_KINDS; i++) {
        if (!counts[i] || page_kinds[i].letter == '.')
            continue;
        if (x + LEGEND_STEP > LEFT + AREA_WIDTH) {
            x = LEFT;
            drawing->height += LINE;
        }
        add_box(drawing,
                (struct drawing_box){x, drawing->height - SWATCH + 2, SWATCH,
                                     SWATCH, number_of(picture_colour(i))});
        add_text(drawing, x + SWATCH + 5, drawing->height, DRAWING_LINE,
                 picture_kind_words(i));
        x += LEGEND_STEP;
    }
    drawing->height += LINE / 2;
}

/* A cell's colour.  Those of mixed cells are rounded: there would be as many as
 * there are cells. */
static uint32_t shade_of(const struct grid *grid, struct colour colour)
{
    return number_of(colour) & (grid->bucket > 1 ? 0xf8f8f8 : 0xffffff);
}

static int compare_boxes(const void *one, const void *other)
{
    const struct drawing_box *a = one, *b = other;
    if (a->colour != b->colour)
        return a->colour < b->colour ? -1 : 1;
    if (a->y != b->y)
        return a->y < b->y ? -1 : 1;
    return (a->x > b->x) - (a->x < b->x);
}

/* Adds a box for each run of cells of a colour in a row. */
static void add_cells(struct drawing *drawing, const struct grid *grid,
                      const struct picture_cell *cells, size_t count)
{
    size_t first = drawing->box_count;
    for (size_t i = 0, run; i < count; i += run) {
        uint32_t shade = shade_of(grid, cells[i].colour);
        size_t row = i / grid->width, column = i % grid->width;
        for (run = 1; i + run < count && column + run < grid->width; run++)
            if (shade_of(grid, cells[i + run].colour) != shade)
                break;
        if (cells[i].letter != '.' || grid->bucket > 1)
            add_box(drawing,
                    (struct drawing_box){
                        LEFT + (unsigned)column * grid->size,
                        drawing->height + (unsigned)row * grid->size,
                        (unsigned)run * grid->size, grid->size, shade});
    }
    qsort(drawing->boxes + first, drawing->box_count - first,
          sizeof *drawing->boxes, compare_boxes);
}

/* How far from the area's beginning rows are, beside some of them. */
static void add_offsets(struct drawing *drawing, const struct grid *grid,
                        size_t rows)
{
    size_t step = (TICK_PIXELS + grid->size - 1) / grid->size;
    for (size_t row = step; row < rows; row += step)
        add_text(drawing, LEFT - 6,
                 drawing->height + (unsigned)row * grid->size + 4,
                 DRAWING_OFFSET,
                 xasprintf("+%.4g MiB", (double)row * grid->width *
                                            (double)grid->bucket / 256));
}

static void add_area(struct drawing *drawing, const struct grid *grid,
                     const struct picture_area *area)
{
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    picture_count(area, counts);
    char *sentence = picture_sentence(counts);
    add_line(drawing, DRAWING_AREA,
             xasprintf("%s at %llx, %s", area->name,
                       (unsigned long long)area->start, sentence));
    free(sentence);
    size_t count;
    struct picture_cell *cells = picture_cells(area, grid->bucket, &count);
    size_t rows = (count + grid->width - 1) / grid->width;
    drawing->height += LINE / 3;
    add_offsets(drawing, grid, rows);
    add_cells(drawing, grid, cells, count);
    drawing->height += (unsigned)rows * grid->size + LINE / 3;
    free(cells);
}

static void add_head(struct drawing *drawing, const struct grid *grid,
                     const struct picture *picture)
{
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    picture_count_all(picture, counts);
    char *scale = picture_scale(grid->bucket);
    add_line(drawing, DRAWING_TITLE, xstrdup(picture->title));
    add_line(drawing, DRAWING_LINE, picture_sentence(counts));
    add_line(
        drawing, DRAWING_LINE,
        xasprintf("%s, a row %.4g MiB%s", scale,
                  grid->width * (double)grid->bucket / 256,
                  grid->bucket > 1 ? ", coloured as its pages mixed" : ""));
    for (size_t i = 0; i < picture->note_count; i++)
        add_line(drawing, DRAWING_LINE, xstrdup(picture->notes[i]));
    free(scale);
}

void drawing_open(struct drawing *drawing, const struct picture *picture,
                  unsigned width)
{
    const struct grid grid = {
        .width = width,
        .size = width < AREA_WIDTH ? AREA_WIDTH / width : 1,
        .bucket = picture_bucket(picture, CELLS_MAX),
    };
    unsigned cells = grid.size * grid.width;
    *drawing = (struct drawing){
        .width = LEFT + (cells > AREA_WIDTH ? cells : AREA_WIDTH) + MARGIN,
        .height = MARGIN / 2,
    };
    add_head(drawing, &grid, picture);
    add_legend(drawing, picture);
    for (size_t i = 0; i < picture->area_count; i++)
        add_area(drawing, &grid, &picture->areas[i]);
    drawing->height += MARGIN;
}

void drawing_close(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->text_count; i++)
        free(drawing->texts[i].text);
    free(drawing->texts);
    free(drawing->boxes);
    *drawing = (struct drawing){0};
}
