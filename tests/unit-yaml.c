/* unit-yaml.c: looking around in a YAML file, and tables of text. */
#include "harness/memory.h"
#include "harness/table.h"
#include "harness/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int open_text(const char *text, size_t length, struct yaml **yaml,
                     struct error *error)
{
    int descriptor = memfd_create("yaml", 0);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, length), length);
    char *path = xasprintf("/proc/self/fd/%d", descriptor);
    int status = yaml_open(path, yaml, error);
    free(path);
    close(descriptor);
    return status;
}

static struct yaml *open_good(const char *text)
{
    struct yaml *yaml;
    struct error error;
    if (open_text(text, strlen(text), &yaml, &error))
        fail_msg("%s", error.text);
    return yaml;
}

static void looking(void **state)
{
    (void)state;
    struct yaml *yaml = open_good("a: 1\n"
                                  "b: [x, 'y', {z: }]\n"
                                  "c: {}\n");
    struct node root = yaml_root(yaml);
    assert_int_equal(node_kind(root), NODE_MAPPING);
    assert_int_equal(node_count(root), 3);
    assert_string_equal(node_text(node_key(root, 1)), "b");
    assert_string_equal(node_text(node_value(root, 0)), "1");
    struct node list = node_find(root, "b");
    assert_int_equal(node_kind(list), NODE_LIST);
    assert_int_equal(node_count(list), 3);
    assert_null(node_text(list));
    assert_string_equal(node_text(node_item(list, 1)), "y");
    assert_string_equal(node_text(node_find(node_item(list, 2), "z")), "");
    assert_int_equal(node_count(node_find(root, "c")), 0);
    assert_int_equal(node_kind(node_find(root, "d")), NODE_ABSENT);
    assert_false(node_present(node_find(root, "d")));
    assert_false(node_present(node_find(list, "a")));
    assert_int_equal(node_count(node_find(root, "d")), 0);
    size_t length;
    const char *bytes = yaml_bytes(yaml, &length);
    assert_int_equal(length, 30);
    assert_memory_equal(bytes, "a: 1\n", 5);
    yaml_close(yaml);
}

static void places(void **state)
{
    (void)state;
    struct yaml *yaml = open_good("a: 1\n"
                                  "b: [x, 'y']\n");
    struct error error;
    struct node item = node_item(node_find(yaml_root(yaml), "b"), 1);
    assert_int_equal(node_error(item, &error, "%s is %d", "this", 7), -1);
    assert_non_null(strstr(error.text, ":2:8: this is 7"));
    assert_int_equal(node_expect(item, NODE_SCALAR, "a word", &error), 0);
    assert_int_equal(node_expect(item, NODE_LIST, "a list", &error), -1);
    assert_non_null(strstr(error.text, ":2:8: expected a list, found 'y'"));
    yaml_close(yaml);
}

static void nothing_found(void **state)
{
    (void)state;
    struct yaml *yaml = open_good("a:\n");
    struct error error;
    struct node value = node_find(yaml_root(yaml), "a");
    assert_int_equal(node_expect(value, NODE_LIST, "a list", &error), -1);
    assert_non_null(strstr(error.text, "expected a list, found nothing"));
    yaml_close(yaml);
}

/* Aliases that multiply: looked at once each, so this ends at once. */
static void many_aliases(void **state)
{
    (void)state;
    char *text = xstrdup("a0: &a0 [x]\n");
    for (int i = 1; i < 25; i++) {
        char *longer = xasprintf(
            "%sa%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
            text, i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        free(text);
        text = longer;
    }
    struct yaml *yaml = open_good(text);
    assert_int_equal(node_count(yaml_root(yaml)), 25);
    yaml_close(yaml);
    free(text);
}

static void too_long(void **state)
{
    (void)state;
    size_t length = (1 << 16) + 1;
    char *text = xmalloc(length);
    memset(text, 'a', length);
    struct yaml *yaml;
    struct error error;
    assert_int_equal(open_text(text, length, &yaml, &error), -1);
    assert_non_null(strstr(error.text, ": longer than 65536 bytes"));
    free(text);
}

static void columns(void **state)
{
    (void)state;
    static const char *const cells[] = {"name", "MiB",          "about",
                                        "a",    "12.5",         "first",
                                        "long", "\u00e9\u00e9", "-"};
    struct table *table = table_new("lrl");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        table_add(table, cells[i]);
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    table_print(table, stream);
    fclose(stream);
    assert_string_equal(text, "  name   MiB  about\n"
                              "  a     12.5  first\n"
                              "  long    \u00e9\u00e9  -\n");
    free(text);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking),       cmocka_unit_test(places),
        cmocka_unit_test(nothing_found), cmocka_unit_test(many_aliases),
        cmocka_unit_test(too_long),      cmocka_unit_test(columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
