/* cell-json.h: a cell as it stands in a result, under the key "cell" of
 * results/schema/result.json. */
#ifndef HARNESS_CELL_JSON_H
#define HARNESS_CELL_JSON_H

#include <jansson.h>

#include "harness/experiment.h"

/* One cell of an experiment; the caller releases it. */
json_t *cell_json(const struct cell *cell);

/* All its cells, in order, as an array; the caller releases it. */
json_t *cells_json(const struct experiment *experiment);

/* An array of words; the caller releases it. */
json_t *cell_words(char *const *words, size_t count);

#endif
