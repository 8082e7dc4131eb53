/* layers.h: an experiment file, the files that it extends, and what the command
 * line sets, one above the other.
 *
 * `extends: FILE` names a file beside the one that it stands in; what that file
 * says holds where this one says nothing.  A key that is given again stands for
 * the whole of it, but a matrix is put together factor by factor, so that a
 * file may give other workers to the subjects of another.  Above them all is
 * what is set on the command line: KEY=VALUE, with the value written as YAML,
 * where KEY is a key of an experiment file or a factor of its matrix; a single
 * value, or several with commas between them, will do for a factor.
 *
 * What a layer says of cells (exclude, override, published) that a layer above
 * it has done away with is about nothing (layer-filter.h). */
#ifndef HARNESS_LAYERS_H
#define HARNESS_LAYERS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/yaml.h"

struct layers {
    struct yaml **items; /* the uppermost first */
    size_t count;
    size_t changes; /* those of the command line */
};

/* Reads a file, those that it extends, and the changes (NULL: none, else ended
 * by NULL) of the command line; each must be a mapping.  Free with
 * layers_close, also after a failure. */
int layers_open(struct layers *layers, const char *path, char *const *changes,
                struct error *error);
void layers_close(struct layers *layers);

/* The outermost value of the uppermost layer that is a file: where an error is
 * put that no value is to blame for. */
struct node layers_place(const struct layers *layers);

/* The uppermost value of a key, or of a factor of the matrix; absent if no
 * layer has it. */
struct node layers_find(const struct layers *layers, const char *key);
struct node layers_factor(const struct layers *layers, const char *factor);

/* The number of the layer, from 0 for the uppermost, that a value stands in. */
size_t layers_level(const struct layers *layers, struct node node);

/* xxh64 of all bytes; of a file that stands alone, of the file. */
uint64_t layers_hash(const struct layers *layers);

#endif
