/* fuzz-main.c: tries a fuzz target without a fuzzer: every input of its corpus,
 * whole, cut after any byte, with any byte changed, and repeated up to a
 * MiB.  A hang ends the program. */
#include "tests/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    LIMIT_S = 20, /* for one input */
    HUGE_BYTES = 1 << 20,
    PLACES = 512,         /* at most, where an input is cut or changed */
    WORK_BYTES = 1 << 19, /* fewer in a long input, to read that many bytes */
};

static size_t tried;

/* The input in memory of its own size, so that a tool sees what is read beyond
 * its end. */
static void try(const char *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    FUZZ_REQUIRE(copy);
    memcpy(copy, bytes, size);
    alarm(LIMIT_S);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
    tried++;
}

/* From one such place to the next. */
static size_t step_of(size_t size)
{
    size_t places = size ? WORK_BYTES / size : PLACES;

    return size / (places < PLACES ? places + 1 : PLACES) + 1;
}

static void try_cut(const char *bytes, size_t size)
{
    size_t step = step_of(size);

    for (size_t cut = 0; cut < size; cut += step)
        try(bytes, cut);
}

static void try_changed(char *bytes, size_t size)
{
    static const char strange[] = {'\0', '\n', '0', '9', '-', '\xff'};
    size_t step = step_of(size);

    for (size_t at = 0; at < size; at += step) {
        char kept = bytes[at];
        bytes[at] = strange[at / step % sizeof strange];
        try(bytes, size);
        bytes[at] = kept;
    }
}

static void try_repeated(const char *bytes, size_t size)
{
    static char huge[HUGE_BYTES];

    for (size_t at = 0; size && at < sizeof huge; at++)
        huge[at] = bytes[at % size];
    try(huge, size ? sizeof huge : 0);
}

static void try_file(const char *directory, const char *name)
{
    static char bytes[HUGE_BYTES];
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    FUZZ_REQUIRE(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    printf("# %s\n", name); /* the last one named did it */
    fflush(stdout);
    try(bytes, size);
    try_cut(bytes, size);
    try_changed(bytes, size);
    try_repeated(bytes, size);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    struct dirent **entries;
    char directory[2048];
    const char *name = strstr(program_invocation_short_name, "fuzz-");

    FUZZ_REQUIRE(name);
    snprintf(directory, sizeof directory, "%s/%s", FUZZ_CORPORA,
             name + strlen("fuzz-"));
    int count = scandir(directory, &entries, is_input, alphasort);
    printf("1..1\n");
    if (count <= 0) {
        printf("not ok 1 - %s: %s\n", directory,
               count ? strerror(errno) : "no input");
        return 1;
    }
    for (int i = 0; i < count; i++) {
        try_file(directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    printf("ok 1 - %d inputs of %s, %zu tried\n", count, directory, tried);
    return 0;
}
