/* file-hash.c: see file-hash.h. */
#include "harness/file-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <xxhash.h>

int file_hash(int file, char hash[FILE_HASH_SIZE])
{
    char buffer[1 << 16];
    ssize_t got;
    XXH64_state_t *state = XXH64_createState();
    XXH64_reset(state, 0);
    while ((got = read(file, buffer, sizeof buffer)) > 0)
        XXH64_update(state, buffer, (size_t)got);
    snprintf(hash, FILE_HASH_SIZE, "%016llx",
             (unsigned long long)XXH64_digest(state));
    XXH64_freeState(state);
    return (int)got;
}

int file_hash_path(const char *path, char hash[FILE_HASH_SIZE])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    int status = file_hash(file, hash), cause = errno;
    close(file);
    errno = cause;
    return status;
}
