/* variant.h: the subjects, or the workloads, that a matrix multiplies: every
 * variant of every entry, with its label. */
#ifndef HARNESS_VARIANT_H
#define HARNESS_VARIANT_H

#include "harness/entry.h"

struct variant {
    const struct entry *entry;     /* borrowed */
    size_t number;                 /* which variant of the entry */
    const struct subject *subject; /* of a subject's variant, borrowed */
    struct node prepare;           /* likewise: a list, or absent */
    unsigned depth;                /* entry_depth */
    char *label;
    char *identity; /* name and all settings, and the label where another
                     * variant has the same */
};

struct variants {
    struct variant *items;
    size_t count;
};

/* Adds all variants of an entry that entry_check has passed with these
 * declarations; `subject` and `prepare` may be NULL and absent.  Refuses a
 * variant that is there already, unless one of the two has a label of its own;
 * a label that is used already; and more than CELLS_MAX variants. */
int variants_add(struct variants *variants, const struct entry *entry,
                 const struct declarations *declarations,
                 const struct subject *subject, struct node prepare,
                 struct error *error);

/* Takes out the one at an index; those after it move up. */
void variants_remove(struct variants *variants, size_t index);
void variants_free(struct variants *variants);

#endif
