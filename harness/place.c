/* place.c: finds the build tree or the installed directories. */
#include "harness/place.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The build directory, or "" when this program is installed. */
static const char *build_directory(void)
{
    static char directory[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", directory, sizeof directory);
    if (length < 0 || (size_t)length == sizeof directory)
        return "";
    directory[length] = '\0';
    char *slash = strrchr(directory, '/');
    if (!slash)
        return "";
    *slash = '\0';

    char collectors[PATH_MAX + sizeof "/collectors"];
    snprintf(collectors, sizeof collectors, "%s/collectors", directory);
    struct stat status;
    if (stat(collectors, &status) || !S_ISDIR(status.st_mode))
        return "";
    return directory;
}

const char *place_programs(void)
{
    const char *directory = build_directory();
    return *directory ? directory : PKGLIBEXECDIR;
}

const char *place_data(void)
{
    return *build_directory() ? SOURCE_DIR : PKGDATADIR;
}
