/* program.c: the files behind a subject; see program.h. */
#include "harness/program.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "harness/file-hash.h"
#include "harness/memory.h"

const char *program_path(const struct subject *subject)
{
    return subject->command[1] ? subject->command[1] : subject->command[0];
}

static int hash_file(const char *path, char hash[FILE_HASH_SIZE],
                     struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), status = -1;
    /* A read-only file system has nothing to write back. */
    if (file >= 0 && (fsync(file) == 0 || errno == EROFS || errno == EINVAL))
        status = file_hash(file, hash);
    if (status)
        error_set(error, "cannot read the program %s: %s", path,
                  strerror(errno));
    if (file >= 0)
        close(file);
    return status;
}

/* The script's ending with its dot, or NULL. */
static const char *ending_of(const char *path)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot && dot > name ? dot : NULL;
}

/* Neither what is hidden nor what Python compiles for itself. */
static bool is_part(const FTSENT *entry)
{
    const char *ending = ending_of(entry->fts_name);
    return (entry->fts_info == FTS_F || entry->fts_info == FTS_SL) &&
           entry->fts_name[0] != '.' && !(ending && !strcmp(ending, ".pyc"));
}

static int compare_names(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

/* Adds a line for each part below the folder, in the order of their names. */
static int add_parts(XXH64_state_t *state, const char *folder,
                     struct error *error)
{
    char *roots[] = {(char *)folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
    int status = tree ? 0
                      : error_set(error, "cannot read the folder %s: %s",
                                  folder, strerror(errno));
    FTSENT *entry = NULL;
    while (status == 0 && (errno = 0, entry = fts_read(tree))) {
        char hash[FILE_HASH_SIZE];
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            status = error_set(error, "cannot read the folder %s: %s",
                               entry->fts_path, strerror(entry->fts_errno));
        if (!is_part(entry))
            continue;
        status = hash_file(entry->fts_path, hash, error);
        const char *path = entry->fts_path + strlen(folder);
        XXH64_update(state, path, strlen(path) + 1);
        XXH64_update(state, hash, sizeof hash);
    }
    if (status == 0 && errno)
        status = error_set(error, "cannot read the folder %s: %s", folder,
                           strerror(errno));
    if (tree)
        fts_close(tree);
    return status;
}

/* Replaces the hash of a script by that of it and its parts, if it has any. */
static int hash_parts(const char *path, char hash[FILE_HASH_SIZE],
                      struct error *error)
{
    const char *ending = ending_of(path);
    if (!ending)
        return 0;
    struct stat status;
    char *folder = xasprintf("%.*s", (int)(ending - path), path);
    int failed = 0;
    if (stat(folder, &status) == 0 && S_ISDIR(status.st_mode)) {
        XXH64_state_t *state = XXH64_createState();
        XXH64_reset(state, 0);
        XXH64_update(state, hash, FILE_HASH_SIZE);
        failed = add_parts(state, folder, error);
        snprintf(hash, FILE_HASH_SIZE, "%016llx",
                 (unsigned long long)XXH64_digest(state));
        XXH64_freeState(state);
    }
    free(folder);
    return failed;
}

char *program_hash(const char *path, struct error *error)
{
    char hash[FILE_HASH_SIZE];
    if (hash_file(path, hash, error) || hash_parts(path, hash, error))
        return NULL;
    return xstrdup(hash);
}

/* Adds one part that the subject names. */
static int add_named(XXH64_state_t *state, const char *script, const char *part,
                     struct error *error)
{
    const char *name = strrchr(script, '/');
    int folder = name ? (int)(name + 1 - script) : 0;
    char *path = xasprintf("%.*s%s", folder, script, part);
    char *hash = program_hash(path, error);
    if (hash) {
        XXH64_update(state, part, strlen(part) + 1);
        XXH64_update(state, hash, FILE_HASH_SIZE);
    }
    int status = hash ? 0 : -1;
    free(hash);
    free(path);
    return status;
}

char *program_subject_hash(const struct subject *subject, struct error *error)
{
    const char *script = program_path(subject);
    char *hash = program_hash(script, error);
    if (!hash || !subject->part_count)
        return hash;
    XXH64_state_t *state = XXH64_createState();
    XXH64_reset(state, 0);
    XXH64_update(state, hash, FILE_HASH_SIZE);
    int status = 0;
    for (size_t i = 0; i < subject->part_count && status == 0; i++)
        status = add_named(state, script, subject->parts[i].fields[0], error);
    free(hash);
    hash = status
               ? NULL
               : xasprintf("%016llx", (unsigned long long)XXH64_digest(state));
    XXH64_freeState(state);
    return hash;
}

const char *program_own_hash(void)
{
    static char *hash;
    struct error ignored;
    if (!hash)
        hash = program_hash("/proc/self/exe", &ignored);
    return hash;
}
