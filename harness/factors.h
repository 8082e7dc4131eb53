/* factors.h: what a matrix multiplies: subjects, workloads, numbers of workers.
 *
 * Each is read from a list of an experiment file and checked, word by word,
 * against the catalogue. */
#ifndef HARNESS_FACTORS_H
#define HARNESS_FACTORS_H

#include "harness/experiment.h"
#include "harness/layers.h"
#include "harness/variant.h"
#include "harness/yaml.h"

struct entries {
    struct entry *items;
    size_t count;
};

struct factors {
    struct experiment *experiment; /* for what is left out */
    struct catalogue *catalogue;
    struct node
        place; /* where an error about a factor that is not there goes */
    struct entries subject_entries, workload_entries;
    struct variants subjects, workloads;
    unsigned *workers;
    struct node *worker_places;
    size_t worker_count;
};

/* Reads the lists; `workers` may be absent.  Free with factors_clear, also
 * after a failure: the variants are borrowed by no cell. */
int factors_read(struct factors *factors, struct node subjects,
                 struct node workloads, struct node workers,
                 struct error *error);
void factors_clear(struct factors *factors);

/* Parts of factors_read. */
int factors_read_subjects(struct factors *factors, struct node list,
                          struct error *error);
int factors_read_workloads(struct factors *factors, struct node list,
                           struct error *error);

/* Reads a list of names or mappings, each with the given settings of `keys`. */
int entries_read(struct entries *entries, struct node list, struct entry keys,
                 struct error *error);

#endif
