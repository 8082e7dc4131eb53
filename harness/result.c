/* result.c: results as files; see result.h. */
#include "harness/result.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/memory.h"

#define SCHEMA 1

static int write_and_sync(FILE *stream, const json_t *result)
{
    if (json_dumpf(result, stream, JSON_INDENT(1) | JSON_SORT_KEYS) < 0 ||
        fputc('\n', stream) == EOF || fflush(stream) == EOF ||
        fchmod(fileno(stream), 0644) < 0 || fsync(fileno(stream)) < 0)
        return -1;
    return 0;
}

/* After a rename the directory itself must reach the disk. */
static int sync_directory(const char *directory)
{
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    int status = fsync(descriptor);
    close(descriptor);
    return status;
}

int result_write(const char *directory, const char *name, const json_t *result,
                 struct error *error)
{
    char *path = xasprintf("%s/%s", directory, name);
    char *temporary = xasprintf("%s/.%s.XXXXXX", directory, name);
    int cause = 0, file = mkostemp(temporary, O_CLOEXEC);
    FILE *stream = file < 0 ? NULL : fdopen(file, "w");
    if (!stream || flock(file, LOCK_EX) < 0 ||
        write_and_sync(stream, result) < 0 || rename(temporary, path) < 0 ||
        sync_directory(directory) < 0)
        cause = errno;
    if (stream)
        fclose(stream);
    if (cause) {
        unlink(temporary);
        error_set(error,
                  "cannot write the result %s: %s; make room or name another "
                  "directory with --results, then run again: what is finished "
                  "is kept",
                  path, strerror(cause));
    }
    free(temporary);
    free(path);
    return cause ? -1 : 0;
}

int result_is_temporary(const struct dirent *entry)
{
    return fnmatch(".*-[0-9][0-9][0-9]*.json.??????", entry->d_name, 0) == 0 ||
           fnmatch(".*.description.??????", entry->d_name, 0) == 0;
}

/* Removes a file unless somebody has locked it. */
static int sweep(const char *path)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), status = 0;
    if (file < 0)
        return -1;
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        status = unlink(path);
    close(file);
    return status;
}

bool result_is_locked(const char *path)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return false;
    bool locked = flock(file, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    close(file);
    return locked;
}

int result_sweep(const char *directory, struct error *error)
{
    struct dirent **entries;
    int status = 0,
        count = scandir(directory, &entries, result_is_temporary, NULL);
    if (count < 0)
        return error_set(error, "cannot read the directory %s: %s", directory,
                         strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s", directory, entries[i]->d_name);
        if (status == 0 && sweep(path) < 0)
            status = error_set(error,
                               "cannot remove %s, which a run that was killed "
                               "has left: %s",
                               path, strerror(errno));
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* Loads a file that should be there, as JSON. */
static json_t *load(const char *path, struct error *error)
{
    json_error_t cause;
    FILE *file = fopen(path, "re");
    if (!file) {
        error_set(error, "cannot open %s: %s", path, strerror(errno));
        return NULL;
    }
    errno = 0;
    json_t *json = json_loadf(file, JSON_REJECT_DUPLICATES, &cause);
    if (ferror(file)) {
        error_set(error, "cannot read %s: %s", path, strerror(errno));
        json_decref(json);
        json = NULL;
    } else if (!json)
        error_set(error,
                  "%s:%d:%d: %s: the file is not a whole result; move "
                  "it away to measure it anew",
                  path, cause.line, cause.column, cause.text);
    fclose(file);
    return json;
}

json_t *result_read(const char *path, struct error *error)
{
    json_t *result = load(path, error);
    if (!result)
        return NULL;
    json_int_t schema = json_integer_value(json_object_get(result, "schema"));
    if (schema == SCHEMA)
        return result;
    error_set(error,
              "%s: not a result of schema %d: move it out of the "
              "results directory",
              path, SCHEMA);
    json_decref(result);
    return NULL;
}

int result_is_file(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot && !strcmp(dot, ".json");
}
