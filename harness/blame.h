/* blame.h: what `cowlab blame` reports, as tables or as JSON. */
#ifndef HARNESS_BLAME_H
#define HARNESS_BLAME_H

#include <stdio.h>

#include "harness/account.h"
#include "harness/blame-site.h"

/* What ended the watching. */
enum blame_end { BLAME_TIME, BLAME_INTERRUPTED, BLAME_SERVER_ENDED };
extern const char *const blame_end_texts[];

/* One function that pages are blamed on, with the function that it was inlined
 * into and the one that it wrote for (blame-site.h); one instruction where none
 * is known. */
struct blame_function {
    char function[96]; /* "" if unknown */
    char inside[96];   /* "" if it was not inlined */
    char caller[96];   /* "" if it wrote for itself, or that is unknown; file
                        * and offset of a caller without a name */
    char object[96];   /* of the function */
    char phase[16];    /* inferred (blame-phase.h); "" where nothing tells */
    uint64_t offset;   /* of the instruction; 0 where the function is known */
    bool in_kernel;    /* the kernel touched the page for this function */
};

struct blame {
    const struct account *account;
    enum blame_end end;
    struct account_process total; /* its numbers only: sums */
    uint64_t ended;               /* processes that have */
    struct failures uncompared;   /* pagemaps, at the end */
    struct failures unlooked; /* processes whose pagemap was never opened, */
    uint64_t unlooked_pages;  /* and that they broke */
    /* Broken pages blamed on an instruction without a name, */
    uint64_t unknown;         /* in a file that has none, or in no file, */
    struct failures unopened; /* in a file that could not be opened, */
    uint64_t untabled;        /* of code that was not looked up in time, */
    uint64_t uncalled;        /* and on libc's for a caller who is not known */
    struct tally mappings;    /* keys are struct account_mapping */
    struct tally functions; /* keys are struct blame_function; the example of a
                             * row is the struct account_site of its first
                             * instruction by broken pages */
    struct tally phases;    /* keys are a function's `phase` */
    uint64_t unphased;      /* broken pages without one */
};

/* The names of a row of functions. */
struct blame_site blame_example(const struct tally_row *row);

/* Sums up.  Free with blame_clear. */
void blame_make(struct blame *blame, const struct account *account,
                enum blame_end end);
void blame_clear(struct blame *blame);

/* What the report cannot say, one sentence each; NULL after the last.  The
 * caller frees the array and the texts. */
char **blame_gaps(const struct blame *blame);

void blame_print(const struct blame *blame, FILE *stream);
void blame_print_json(const struct blame *blame, FILE *stream);

#endif
