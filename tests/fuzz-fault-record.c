/* fuzz-fault-record.c: records of the kernel's ring, one after the other, with
 * call chains and without. */
#include "smaps/fault-record.h"
#include "tests/fuzz.h"

#include <errno.h>

static void read_all(const uint8_t *bytes, size_t size, bool with_frames)
{
    struct fault_record record;

    while (size > 0) {
        ssize_t took = fault_record_parse(bytes, size, with_frames, &record);
        if (took < 0) {
            FUZZ_REQUIRE(took == -EBADMSG);
            return;
        }
        FUZZ_REQUIRE(took > 0 && (size_t)took <= size);
        FUZZ_REQUIRE(record.frame_count <= FAULT_FRAMES_MOST);
        FUZZ_REQUIRE(record.kind <= FAULT_OTHER);
        bytes += took;
        size -= (size_t)took;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_all(bytes, size, false);
    read_all(bytes, size, true);
    return 0;
}
