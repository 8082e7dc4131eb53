/* fuzz-experiment.c: an experiment file, and the same bytes as a figure's
 * selection. */
#include "harness/experiment.h"
#include "harness/selection.h"
#include "tests/fuzz.h"
#include "tests/known.h"

#include <string.h>

static struct catalogue catalogue;

static void check_refusal(const struct error *error, const char *path)
{
    FUZZ_REQUIRE(strncmp(error->text, path, strlen(path)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file(bytes, size);
    struct experiment experiment;
    struct selection selection;
    struct error error;

    if (!catalogue.subjects)
        known_catalogue(&catalogue);
    if (experiment_open(&experiment, path, NULL, &catalogue, &error) == 0) {
        FUZZ_REQUIRE(experiment.cell_count > 0 &&
                     experiment.cell_count <= 4096);
        experiment_close(&experiment);
    } else {
        check_refusal(&error, path);
    }
    if (selection_open(&selection, path, &error) == 0)
        selection_close(&selection);
    else
        check_refusal(&error, path);
    return 0;
}
