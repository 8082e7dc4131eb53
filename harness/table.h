/* table.h: text in aligned columns. */
#ifndef HARNESS_TABLE_H
#define HARNESS_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct table;

/* One letter for each column: 'l' left, 'r' right.  Free with table_free. */
struct table *table_new(const char *columns);
void table_free(struct table *table);

/* Adds the next cell of the row, copied; a row is full when all columns are.
 * The first row is the header. */
void table_add(struct table *table, const char *text);

/* Prints the rows, each line indented by two spaces, two spaces between
 * columns and none at the end. */
void table_print(const struct table *table, FILE *stream);

#endif
