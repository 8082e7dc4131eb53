/* entry.h: one item of the matrix's list of subjects or of workloads.
 *
 * An entry is a name, perhaps a label, and settings; a setting given as a list
 * is an axis.  The variants of an entry are the product of its axes, the last
 * one varying fastest. */
#ifndef HARNESS_ENTRY_H
#define HARNESS_ENTRY_H

#include <stddef.h>

#include "harness/declaration.h"
#include "harness/error.h"
#include "harness/experiment.h"
#include "harness/yaml.h"

struct axis {
    struct node key;
    struct node *values; /* scalars, at least one */
    size_t count;
};

struct entry {
    struct node node;
    struct node name;    /* a scalar */
    const char *one_of;  /* what the name stands for here, or NULL: itself */
    struct node label;   /* a scalar, or absent */
    const char *setting; /* what a setting is called: "option", "parameter" */
    const char *const *own_keys; /* those that are no settings, borrowed */
    size_t own_key_count;
    struct axis *axes;
    size_t axis_count;
};

/* Reads a name or a mapping; `entry` has its borrowed fields set.
 * Whether the settings exist is checked by entry_check.  The nodes are borrowed
 * from the file.  Free with entry_clear, also after a failure. */
int entry_read(struct entry *entry, struct node node, struct error *error);
void entry_clear(struct entry *entry);

/* Checks every setting and value against the declarations of `owner`. */
int entry_check(const struct entry *entry, const char *owner,
                const struct declarations *declarations, struct error *error);

/* The name of the subject or workload. */
const char *entry_name(const struct entry *entry);

/* The number of variants, SIZE_MAX when it does not fit. */
size_t entry_variants(const struct entry *entry);

/* All settings of one variant, canonical, defaults included, as many as there
 * are declarations; the entry must have passed entry_check with them.  Free
 * with settings_free. */
struct setting *entry_settings(const struct entry *entry, size_t variant,
                               const struct declarations *declarations);
void settings_free(struct setting *settings, size_t count);

/* How finely a variant divides the numeric axes of its entry: the greatest
 * axis_depth of them. */
unsigned entry_depth(const struct entry *entry, size_t variant,
                     const struct declarations *declarations);

/* When a value is filled in that has so many of all `count` below it: 0 for the
 * two ends, 1 for the middle between them, 2 for the middles of the halves, and
 * so on. */
unsigned axis_depth(size_t rank, size_t count);

/* The label of one variant: the name and all settings given, as they were
 * written; or the label given and the settings that are axes of several
 * values.  The caller frees it. */
char *entry_label(const struct entry *entry, size_t variant);

#endif
