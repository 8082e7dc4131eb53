/* show-keys.c: the keys of an experiment file; see show.h. */
#include "harness/show.h"

#include <jansson.h>
#include <stdio.h>

#include "harness/keys.h"
#include "harness/table.h"

static void print_group(const struct key_group *group)
{
    static const char *const headers[] = {"key",   "type", "default",
                                          "range", "unit", "meaning"};
    struct table *table = table_new("llllll");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        table_add(table, headers[i]);
    for (size_t i = 0; i < group->count; i++) {
        const struct key *key = &group->keys[i];
        const char *const cells[] = {key->name,  key->type, key->value,
                                     key->range, key->unit, key->meaning};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
            table_add(table, *cells[k] ? cells[k] : "-");
    }
    printf("Keys %s:\n", group->where);
    table_print(table, stdout);
    table_free(table);
    putchar('\n');
}

static json_t *text(const char *string)
{
    return *string ? json_string(string) : json_null();
}

static json_t *group_json(const struct key_group *group)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < group->count; i++) {
        const struct key *key = &group->keys[i];
        json_t *json = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "name",
                                 key->name, "type", key->type, "default",
                                 key->value, "range", text(key->range), "unit",
                                 text(key->unit), "meaning", key->meaning);
        if (key->minimum != key->maximum) {
            json_object_set_new(json, "minimum", json_integer(key->minimum));
            json_object_set_new(json, "maximum", json_integer(key->maximum));
        }
        json_array_append_new(keys, json);
    }
    return json_pack("{s:s, s:s, s:o}", "group", group->name, "where",
                     group->where, "keys", keys);
}

void show_keys(bool json)
{
    if (!json) {
        for (size_t i = 0; i < KEY_GROUPS; i++)
            print_group(&key_groups[i]);
        return;
    }
    json_t *groups = json_array();
    for (size_t i = 0; i < KEY_GROUPS; i++)
        json_array_append_new(groups, group_json(&key_groups[i]));
    json_t *object = json_pack("{s:o}", "groups", groups);
    json_dumpf(object, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(object);
}
