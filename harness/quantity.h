/* quantity.h: what a figure can show on an axis: quantities, each computed
 * from one row of a result (a sample of a worker, or a burst), and units. */
#ifndef HARNESS_QUANTITY_H
#define HARNESS_QUANTITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum quantity_source { SOURCE_SAMPLES, SOURCE_BURSTS };
enum quantity_kind { KIND_COUNT, KIND_BYTES, KIND_RATIO, KIND_RATE };

struct row {
    const json_t *result; /* the whole of it */
    const json_t *row;    /* one sample or burst */
    double served;        /* a burst: requests of all workers by its end */
    double spent_ns;      /* and the time of serving them */
};

struct quantity {
    const char *name;
    enum quantity_source source;
    enum quantity_kind kind;
    /* In base units; NAN if it was not measured. */
    double (*value)(const struct row *row);
};

struct unit {
    const char *name;
    enum quantity_kind kind;
    double in_base_units;
};

extern const struct quantity quantities[];
extern const size_t quantity_count;
extern const struct unit units[];
extern const size_t unit_count;

#endif
