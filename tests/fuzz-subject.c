/* fuzz-subject.c: what a program prints for --describe. */
#include "harness/subject.h"
#include "tests/fuzz.h"

#include <string.h>

/* Every default is a value that its own declaration allows. */
static void check(const struct declarations *declarations)
{
    for (size_t i = 0; i < declarations->count; i++) {
        const struct declaration *declaration = &declarations->items[i];
        char canonical[64];
        struct error error;
        FUZZ_REQUIRE(declaration_check(declaration, declaration->default_value,
                                       canonical, &error) == 0);
        FUZZ_REQUIRE(strcmp(canonical, declaration->default_value) == 0);
        FUZZ_REQUIRE(declarations_find(declarations, declaration->name) ==
                     declaration);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_text(bytes, size);
    struct subject subject = {0};
    struct error error;

    if (subject_parse(&subject, text, &error) == 0) {
        FUZZ_REQUIRE(*subject.name && subject.about && subject.version);
        check(&subject.options);
        for (size_t i = 0; i < subject.workload_count; i++)
            check(&subject.workloads[i].parameters);
    }
    subject_clear(&subject);
    free(text);
    return 0;
}
