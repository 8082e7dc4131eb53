/* fuzz-faults.c: /proc/PID/stat. */
#include "smaps/faults.h"
#include "tests/fuzz.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    struct fault_counts faults;
    int result = fault_counts_parse(text, &faults);

    FUZZ_REQUIRE(result == 0 || result == -EBADMSG);
    free(text);
    return 0;
}
