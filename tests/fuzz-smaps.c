/* fuzz-smaps.c: /proc/PID/smaps. */
#include "smaps/smaps.h"
#include "tests/fuzz.h"

#include <errno.h>
#include <string.h>

/* Stops after what the context counts down. */
static int look(const struct mapping *mapping,
                const struct smaps_totals *totals, void *context)
{
    size_t *left = context;

    (void)totals;
    FUZZ_REQUIRE(mapping->start < mapping->end);
    FUZZ_REQUIRE(memchr(mapping->name, '\0', sizeof mapping->name));
    return --*left == 0 ? 1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t left = SIZE_MAX, few = 2;
    int all = smaps_parse((const char *)bytes, size, look, &left);
    int stopped = smaps_parse((const char *)bytes, size, look, &few);

    FUZZ_REQUIRE(all == 0 || all == -EBADMSG);
    FUZZ_REQUIRE(stopped == (SIZE_MAX - left >= 2 ? 1 : all));
    return 0;
}
