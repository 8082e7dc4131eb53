/* fuzz.c: inputs as texts and as files; see fuzz.h. */
#include "tests/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

char *fuzz_text(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);

    FUZZ_REQUIRE(text);
    if (size)
        memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

const char *fuzz_file(const uint8_t *bytes, size_t size)
{
    static char path[32];
    static int file = -1;

    if (file < 0) {
        file = memfd_create("input", MFD_CLOEXEC);
        FUZZ_REQUIRE(file >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    FUZZ_REQUIRE(ftruncate(file, 0) == 0 &&
                 pwrite(file, bytes, size, 0) == (ssize_t)size);
    return path;
}
