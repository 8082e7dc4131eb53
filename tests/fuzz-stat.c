/* fuzz-stat.c: /proc/PID/stat, for its faults and for its family. */
#include "smaps/faults.h"
#include "smaps/kin.h"
#include "tests/fuzz.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    struct fault_counts faults;
    struct kin kin;

    int result = fault_counts_parse(text, &faults);
    FUZZ_REQUIRE(result == 0 || result == -EBADMSG);
    result = kin_parse(text, &kin);
    FUZZ_REQUIRE(result == 0 || result == -EBADMSG);
    FUZZ_REQUIRE(memchr(kin.name, '\0', sizeof kin.name));
    if (result == 0)
        FUZZ_REQUIRE(kin.pid > 0 && kin.parent >= 0);
    free(text);
    return 0;
}
