/* fuzz-fault-record.c: records of the kernel's ring, one after the other. */
#include "smaps/fault-record.h"
#include "tests/fuzz.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault_record record;

    while (size > 0) {
        ssize_t took = fault_record_parse(bytes, size, &record);
        if (took < 0) {
            FUZZ_REQUIRE(took == -EBADMSG);
            return 0;
        }
        FUZZ_REQUIRE(took > 0 && (size_t)took <= size);
        FUZZ_REQUIRE(record.kind <= FAULT_OTHER);
        bytes += took;
        size -= (size_t)took;
    }
    return 0;
}
