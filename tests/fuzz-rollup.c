/* fuzz-rollup.c: /proc/PID/smaps_rollup. */
#include "smaps/rollup.h"
#include "tests/fuzz.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct smaps_totals totals;
    int result = smaps_rollup_parse((const char *)bytes, size, &totals);

    FUZZ_REQUIRE(result == 0 || result == -EBADMSG);
    return 0;
}
