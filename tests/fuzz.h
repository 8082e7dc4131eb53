/* fuzz.h: a parser under hostile text, one file tests/fuzz-NAME.c each, with
 * first inputs and those that once did harm in tests/corpus/NAME.
 *
 * Configured with --enable-fuzzing a target is linked with libFuzzer, which
 * makes up inputs (`make fuzz`); else with fuzz-main.c, which tries the corpus,
 * cut anywhere and blown up, as part of the suite. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Tries one input; returns 0.  What must hold of any input is required. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Both fuzzers take a crash for a finding. */
#define FUZZ_REQUIRE(CONDITION)                                                \
    do {                                                                       \
        if (!(CONDITION))                                                      \
            abort();                                                           \
    } while (0)

/* The input with a NUL after it, which the caller frees. */
char *fuzz_text(const uint8_t *bytes, size_t size);

/* The path of a file in memory that holds the input until the next call; it is
 * the same path every time. */
const char *fuzz_file(const uint8_t *bytes, size_t size);

#endif
