/* picture-text.c: a picture as text: letters, or blocks in colour. */
#include "harness/picture.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64u /* of cells, in one area */

/* The nearest colour of the 6 x 6 x 6 cube that terminals agree on. */
static int terminal_colour(struct colour colour)
{
    int red = (colour.red + 25) / 51, green = (colour.green + 25) / 51,
        blue = (colour.blue + 25) / 51;
    return 16 + 36 * red + 6 * green + blue;
}

static void print_letters(const struct picture_cell *cells, size_t count,
                          unsigned width, FILE *stream)
{
    for (size_t i = 0; i < count; i++) {
        if (i % width == 0)
            fputs("  ", stream);
        fputc(cells[i].letter, stream);
        if (i % width == width - 1 || i == count - 1)
            fputc('\n', stream);
    }
}

/* Two cells in one character, half a block each; nothing is left free. */
static void print_pair(const struct picture_cell *upper,
                       const struct picture_cell *lower, FILE *stream)
{
    if (upper && upper->letter == '.')
        upper = NULL;
    if (lower && lower->letter == '.')
        lower = NULL;
    if (upper && lower)
        fprintf(stream, "\033[38;5;%d;48;5;%dm\u2580",
                terminal_colour(upper->colour), terminal_colour(lower->colour));
    else if (upper || lower)
        fprintf(stream, "\033[38;5;%d;49m%s",
                terminal_colour(upper ? upper->colour : lower->colour),
                upper ? "\u2580" : "\u2584");
    else
        fputs("\033[49m ", stream);
}

static void print_blocks(const struct picture_cell *cells, size_t count,
                         unsigned width, FILE *stream)
{
    for (size_t row = 0; row < count; row += 2 * (size_t)width) {
        fputs("  ", stream);
        for (size_t i = row; i < row + width && i < count; i++)
            print_pair(&cells[i], i + width < count ? &cells[i + width] : NULL,
                       stream);
        fputs("\033[0m\n", stream);
    }
}

static void print_legend(const uint64_t counts[PAGE_MAP_KINDS], bool colours,
                         FILE *stream)
{
    for (int i = 0; i < PAGE_MAP_KINDS; i++) {
        if (!counts[i] || (colours && page_kinds[i].letter == '.'))
            continue;
        if (colours)
            fprintf(stream, "  \033[38;5;%dm\u2588\u2588\033[0m",
                    terminal_colour(picture_colour(i)));
        else
            fprintf(stream, "  %c", page_kinds[i].letter);
        char *words = picture_kind_words(i);
        fprintf(stream, " %s", words);
        free(words);
    }
    fputc('\n', stream);
}

static void print_area(const struct picture_area *area, uint64_t bucket,
                       unsigned width, bool colours, FILE *stream)
{
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    picture_count(area, counts);
    char *sentence = picture_sentence(counts);
    fprintf(stream, "%s at %llx, %s\n", area->name,
            (unsigned long long)area->start, sentence);
    free(sentence);
    size_t count;
    struct picture_cell *cells = picture_cells(area, bucket, &count);
    (colours ? print_blocks : print_letters)(cells, count, width, stream);
    free(cells);
}

void picture_print(const struct picture *picture, unsigned width, bool colours,
                   FILE *stream)
{
    uint64_t bucket = picture_bucket(picture, (uint64_t)width * ROWS_MAX);
    uint64_t counts[PAGE_MAP_KINDS] = {0};
    picture_count_all(picture, counts);
    char *sentence = picture_sentence(counts), *scale = picture_scale(bucket);
    fprintf(stream, "%s\n%s\n%s, a line %u cells%s\n", picture->title, sentence,
            scale, width,
            bucket == 1 ? ""
            : colours   ? ", coloured as its pages mixed"
                        : ", shown as what most of them are");
    print_legend(counts, colours, stream);
    for (size_t i = 0; i < picture->note_count; i++)
        fprintf(stream, "%s\n", picture->notes[i]);
    for (size_t i = 0; i < picture->area_count; i++) {
        fputc('\n', stream);
        print_area(&picture->areas[i], bucket, width, colours, stream);
    }
    free(sentence);
    free(scale);
}
