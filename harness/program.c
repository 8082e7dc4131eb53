/* program.c: the file behind a subject; see program.h. */
#include "harness/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/file-hash.h"
#include "harness/memory.h"

const char *program_path(const struct subject *subject)
{
    size_t last = 0;
    while (subject->command[last + 1])
        last++;
    return subject->command[last];
}

char *program_hash(const char *path, struct error *error)
{
    char hash[FILE_HASH_SIZE], *text = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    /* A read-only file system has nothing to write back. */
    if (file >= 0 && (fsync(file) == 0 || errno == EROFS || errno == EINVAL) &&
        file_hash(file, hash) == 0)
        text = xstrdup(hash);
    else
        error_set(error, "cannot read the program %s: %s", path,
                  strerror(errno));
    if (file >= 0)
        close(file);
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
