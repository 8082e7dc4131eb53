/* facts.c: see facts.h. */
#include "harness/facts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/memory.h"

FILE *facts_open(const struct facts *facts, const char *path)
{
    char *whole = xasprintf("%s%s", facts->root, path);
    FILE *file = fopen(whole, "re");
    int failure = errno;
    free(whole);
    errno = failure;
    return file;
}

char *facts_line(const struct facts *facts, const char *path)
{
    char line[512];
    FILE *file = facts_open(facts, path);
    if (!file)
        return NULL;
    bool got = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!got) {
        errno = ENODATA;
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return xstrdup(line);
}

void facts_absent(const struct facts *facts, const char *key, const char *why)
{
    char why_key[64];
    snprintf(why_key, sizeof why_key, "%s_why", key);
    json_object_set_new(facts->object, key, json_null());
    json_object_set_new(facts->object, why_key, json_string(why));
}

void facts_present(const struct facts *facts, const char *key, json_t *value)
{
    char why_key[64];
    snprintf(why_key, sizeof why_key, "%s_why", key);
    json_object_del(facts->object, why_key);
    json_object_set_new(facts->object, key, value);
}

void facts_text(const struct facts *facts, const char *key, const char *path)
{
    char why[300];
    char *line = facts_line(facts, path);
    json_t *text = line ? json_string(line) : NULL;
    if (text)
        json_object_set_new(facts->object, key, text);
    else {
        snprintf(why, sizeof why, "%s: %s", path,
                 line ? "not UTF-8" : strerror(errno));
        facts_absent(facts, key, why);
    }
    free(line);
}

void facts_number(const struct facts *facts, const char *key, const char *path)
{
    facts_text(facts, key, path);
    const char *text = json_string_value(json_object_get(facts->object, key));
    if (text)
        json_object_set_new(facts->object, key, json_integer(atoll(text)));
}

void facts_row(const struct facts *facts, const char *key, const char *path,
               const char *word)
{
    char line[256], why[300];
    size_t length = strlen(word);
    FILE *file = facts_open(facts, path);
    snprintf(why, sizeof why, "%s: %s", path, strerror(errno));
    if (file)
        snprintf(why, sizeof why, "%s of this kernel has no %s", path, word);
    facts_absent(facts, key, why);
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, word, length) || line[length] != ' ')
            continue;
        facts_present(facts, key, json_integer(atoll(line + length)));
        break;
    }
    if (file)
        fclose(file);
}

void facts_pressure(const struct facts *facts, const char *path)
{
    char line[256], why[300], kind[8];
    unsigned long long us;
    FILE *file = facts_open(facts, path);
    snprintf(why, sizeof why, "%s: %s", path, strerror(errno));
    facts_absent(facts, "pressure_some_ns", why);
    facts_absent(facts, "pressure_full_ns", why);
    while (file && fgets(line, sizeof line, file)) {
        const char *total = strstr(line, "total=");
        if (!total || sscanf(total, "total=%llu", &us) != 1 ||
            sscanf(line, "%7s", kind) != 1)
            continue;
        json_t *ns = json_integer((json_int_t)(us * 1000));
        facts_present(
            facts,
            strcmp(kind, "full") ? "pressure_some_ns" : "pressure_full_ns", ns);
    }
    if (file)
        fclose(file);
}

/* Why a setting of huge pages cannot be told: without a /sys nothing says that
 * the kernel has none. */
static void no_choice(const struct facts *facts, const char *key,
                      const char *path, int failure)
{
    char *memory = xasprintf("%s/sys/kernel/mm", facts->root);
    if (failure == ENOENT && access(memory, F_OK) == 0) {
        facts_absent(facts, key, FACTS_NO_HUGE_PAGES);
    } else {
        char *why = xasprintf("not known: %s: %s", path, strerror(failure));
        facts_absent(facts, key, why);
        free(why);
    }
    free(memory);
}

void facts_chosen(const struct facts *facts, const char *key, const char *path)
{
    char *line = facts_line(facts, path);
    int failure = line ? EINVAL : errno;
    char *open = line ? strchr(line, '[') : NULL;
    json_t *word = NULL;
    if (open)
        word = json_stringn(open + 1, strcspn(open + 1, "]"));
    if (word)
        json_object_set_new(facts->object, key, word);
    else
        no_choice(facts, key, path, failure);
    free(line);
}
