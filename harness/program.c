/* program.c: the file behind a subject; see program.h. */
#include "harness/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "harness/memory.h"

const char *program_path(const struct subject *subject)
{
    size_t last = 0;
    while (subject->command[last + 1])
        last++;
    return subject->command[last];
}

static int hash_file(int file, XXH64_state_t *state)
{
    char buffer[1 << 16];
    ssize_t got;
    while ((got = read(file, buffer, sizeof buffer)) > 0)
        XXH64_update(state, buffer, (size_t)got);
    return (int)got;
}

char *program_hash(const char *path, struct error *error)
{
    char *text = NULL;
    XXH64_state_t *state = XXH64_createState();
    XXH64_reset(state, 0);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    /* A read-only file system has nothing to write back. */
    if (file >= 0 && (fsync(file) == 0 || errno == EROFS || errno == EINVAL) &&
        hash_file(file, state) == 0)
        text = xasprintf("%016llx", (unsigned long long)XXH64_digest(state));
    else
        error_set(error, "cannot read the program %s: %s", path,
                  strerror(errno));
    if (file >= 0)
        close(file);
    XXH64_freeState(state);
    return text;
}

const char *program_own_hash(void)
{
    static char *hash;
    struct error ignored;
    if (!hash)
        hash = program_hash("/proc/self/exe", &ignored);
    return hash;
}
