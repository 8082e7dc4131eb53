/* yaml.h: a YAML file whose every value knows where it stands.
 *
 * A thin layer over libyaml's documents for files that people write: errors
 * read FILE:LINE:COLUMN.  A file is one document; duplicate keys, keys that
 * are not plain words, cycles through anchors, NUL characters, more than 64 KiB
 * and more than 32 levels are refused when it is opened, so a reader need not
 * think of them. */
#ifndef HARNESS_YAML_H
#define HARNESS_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/error.h"

struct yaml;
struct yaml_node_s; /* libyaml's */

enum node_kind { NODE_ABSENT, NODE_SCALAR, NODE_LIST, NODE_MAPPING };

/* One value of a file: passed by value, borrowed from the file. */
struct node {
    const struct yaml *yaml;
    const struct yaml_node_s *node; /* NULL: absent */
};

/* Reads a file, or text that stands elsewhere and is called `name` in errors.
 * Free with yaml_close. */
int yaml_open(const char *path, struct yaml **yaml, struct error *error);
int yaml_open_text(const char *name, const char *text, struct yaml **yaml,
                   struct error *error);
void yaml_close(struct yaml *yaml);

/* The file's bytes, borrowed. */
const char *yaml_bytes(const struct yaml *yaml, size_t *length);

/* The outermost value; never absent. */
struct node yaml_root(const struct yaml *yaml);

enum node_kind node_kind(struct node node);
bool node_present(struct node node);

/* A scalar's text, borrowed; NULL for anything else.  A key without a value
 * has the text "". */
const char *node_text(struct node node);

/* The number of a list's items or of a mapping's keys; 0 for anything else. */
size_t node_count(struct node node);

struct node node_item(struct node list, size_t index);
struct node node_key(struct node mapping, size_t index);
struct node node_value(struct node mapping, size_t index);

/* The value under a key, absent if the mapping has no such key. */
struct node node_find(struct node mapping, const char *key);

/* Sets the error to FILE:LINE:COLUMN: and the message; returns -1. */
int node_error(struct node node, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* FILE:LINE of a node, or the name of a text; the caller frees it. */
char *node_place(struct node node);

/* Returns 0 if the node is of that kind, else sets an error that says `what`
 * was expected ("a list of counters") and what is there instead. */
int node_expect(struct node node, enum node_kind kind, const char *what,
                struct error *error);

/* Returns 0 if each key of a mapping is among the known ones, else sets an
 * error that names the nearest. */
int node_expect_keys(struct node mapping, const char *const *known,
                     size_t known_count, struct error *error);

/* The value under a key, true or false; false where the mapping has no such
 * key.  Returns 0, or -1 and an error. */
int node_boolean(struct node mapping, const char *key, bool *value,
                 struct error *error);

#endif
