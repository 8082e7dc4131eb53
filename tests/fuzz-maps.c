/* fuzz-maps.c: /proc/PID/maps. */
#include "smaps/maps.h"
#include "tests/fuzz.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    struct mappings mappings;
    int result = mappings_parse(text, &mappings);

    FUZZ_REQUIRE(result == 0 || result == -EBADMSG);
    FUZZ_REQUIRE(result == 0 || mappings.count == 0);
    for (size_t i = 0; i < mappings.count; i++) {
        const struct mapping *mapping = &mappings.items[i];
        FUZZ_REQUIRE(mapping->start < mapping->end);
        FUZZ_REQUIRE(memchr(mapping->name, '\0', sizeof mapping->name));
    }
    mappings_free(&mappings);
    free(text);
    return 0;
}
