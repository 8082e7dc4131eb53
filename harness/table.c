/* table.c: text in aligned columns. */
#include "harness/table.h"

#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

struct table {
    char *columns;
    char **cells; /* row by row */
    size_t count;
};

struct table *table_new(const char *columns)
{
    struct table *table = xcalloc(1, sizeof *table);
    table->columns = xstrdup(columns);
    return table;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->columns);
    free(table);
}

void table_add(struct table *table, const char *text)
{
    table->cells =
        xreallocarray(table->cells, table->count + 1, sizeof *table->cells);
    table->cells[table->count++] = xstrdup(text);
}

/* Characters, not bytes: UTF-8 continues a character with 10xxxxxx. */
static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < table->count; i += strlen(table->columns))
        if (text_width(table->cells[i]) > width)
            width = text_width(table->cells[i]);
    return width;
}

static void pad(FILE *stream, size_t width)
{
    fprintf(stream, "%*s", (int)width, "");
}

void table_print(const struct table *table, FILE *stream)
{
    size_t columns = strlen(table->columns);
    for (size_t i = 0; i < table->count; i++) {
        const char *text = table->cells[i];
        size_t column = i % columns;
        size_t space = column_width(table, column) - text_width(text);
        pad(stream, 2 + (table->columns[column] == 'r' ? space : 0));
        fputs(text, stream);
        if (column + 1 == columns)
            fputc('\n', stream);
        else
            pad(stream, table->columns[column] == 'l' ? space : 0);
    }
}
