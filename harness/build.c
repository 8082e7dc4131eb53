/* build.c: builds of runtimes as JSON; see build.h. */
#include "harness/build.h"

#include <string.h>

json_t *build_json(const struct subject *subject)
{
    json_t *object = json_object();
    for (size_t i = 0; i < subject->build_count; i++) {
        char *const *fields = subject->build[i].fields;
        json_t *value = json_string(fields[1]);
        json_object_set_new(object, fields[0],
                            value ? value : json_string("not UTF-8"));
    }
    return object;
}

static const char *told(const json_t *build, const char *name)
{
    const char *text = json_string_value(json_object_get(build, name));
    return text ? text : "nothing";
}

/* Of what the first of them tells. */
static bool differs_in(const json_t *names, const json_t *left,
                       const json_t *right, struct build_difference *difference)
{
    const char *name;
    json_t *ignored;
    json_object_foreach((json_t *)names, name, ignored)
    {
        *difference = (struct build_difference){name, told(left, name),
                                                told(right, name)};
        if (strcmp(difference->left, difference->right))
            return true;
    }
    return false;
}

bool build_differs(const json_t *left, const json_t *right,
                   struct build_difference *difference)
{
    return left && right &&
           (differs_in(left, left, right, difference) ||
            differs_in(right, left, right, difference));
}
