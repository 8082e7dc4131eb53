/* check-origins.c: where results come from; see check.h.
 *
 * Each is held against the first valid one of the directory. */
#include "harness/build.h"
#include "harness/check.h"

#include <stdlib.h>
#include <string.h>

#include "harness/machine.h"
#include "harness/memory.h"

#define APART                                                                  \
    "measure all of them here again (cowlab run --new), or keep them in "      \
    "directories of their own"

static char *shown(const json_t *value)
{
    return json_is_null(value) || !value
               ? xstrdup("nothing")
               : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* What there is to say of a setting that is not the same. */
static void remark_setting(struct remarks *remarks, const char *file,
                           const char *first, const json_t *difference,
                           bool machine)
{
    const char *key = holdings_text(difference, "key", NULL);
    bool truth = !strcmp(key, "page_truth"), boot = !strcmp(key, "boot_id");
    char *theirs = shown(json_object_get(difference, "a"));
    char *its = shown(json_object_get(difference, "b"));
    remarks_add(remarks, machine || truth ? GRAVITY_WRONG : GRAVITY_WARNING,
                machine ? "machine"
                : boot  ? "boot"
                        : "setting",
                file,
                boot ? "measure what is compared without a boot in between"
                     : APART,
                machine ? "of another machine than %s: %s was %s, here %s"
                        : "not measured as %s: %s was %s, here %s",
                first, key, theirs, its);
    free(theirs);
    free(its);
}

static void compare_machines(const struct holding *first,
                             const struct holding *holding,
                             struct remarks *remarks)
{
    const json_t *theirs = json_object_get(first->json, "environment");
    const json_t *its = json_object_get(holding->json, "environment");
    json_t *lists[] = {machine_settings(theirs, its),
                       machine_differences(theirs, its)};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_t *difference;
        size_t k;
        /* Another machine has other settings. */
        if (i || !json_array_size(lists[1]))
            json_array_foreach(lists[i], k, difference) remark_setting(
                remarks, holding->file, first->file, difference, i);
        json_decref(lists[i]);
    }
}

/* Both may be unknown, or not told by an older version. */
static bool differ(const char *left, const char *right)
{
    return *left && *right && strcmp(left, right);
}

static void compare_builds(const struct holding *first,
                           const struct holding *holding,
                           struct remarks *remarks)
{
    const json_t *theirs = json_object_get(first->json, "cowlab");
    const json_t *its = json_object_get(holding->json, "cowlab");
    if (differ(holdings_text(theirs, "program_hash", NULL),
               holdings_text(its, "program_hash", NULL)))
        remarks_add(remarks, GRAVITY_WRONG, "build", holding->file, APART,
                    "of another build of cowlab (commit %s) than %s (%s)",
                    holdings_text(its, "commit", NULL), first->file,
                    holdings_text(theirs, "commit", NULL));
}

static void compare_subjects(const struct holding *first,
                             const struct holding *holding,
                             struct remarks *remarks)
{
    static const char *const keys[] = {"program_hash", "version"};
    const json_t *theirs = json_object_get(first->json, "subject");
    const json_t *its = json_object_get(holding->json, "subject");
    const char *name = holdings_text(json_object_get(holding->json, "cell"),
                                     "subject", "name");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (differ(holdings_text(theirs, keys[i], NULL),
                   holdings_text(its, keys[i], NULL)))
            remarks_add(remarks, GRAVITY_WRONG, "subject", holding->file, APART,
                        "of another %s than %s: its %s was %s, here %s", name,
                        first->file, keys[i],
                        holdings_text(theirs, keys[i], NULL),
                        holdings_text(its, keys[i], NULL));
    struct build_difference difference;
    if (build_differs(json_object_get(theirs, "build"),
                      json_object_get(its, "build"), &difference))
        remarks_add(remarks, GRAVITY_WRONG, "subject", holding->file, APART,
                    "of another build of %s than %s: its %s was %s, here %s",
                    name, first->file, difference.name, difference.left,
                    difference.right);
}

void check_origins(const struct holdings *holdings, struct remarks *remarks)
{
    json_t *seen = json_object();
    for (size_t i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->items[i];
        if (!holding->valid)
            continue;
        const struct holding *first = holdings_first(holdings, seen, "", i);
        const char *subject = holdings_text(
            json_object_get(holding->json, "cell"), "subject", "name");
        compare_machines(first, holding, remarks);
        compare_builds(first, holding, remarks);
        compare_subjects(holdings_first(holdings, seen, subject, i), holding,
                         remarks);
    }
    json_decref(seen);
}
