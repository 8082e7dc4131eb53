/* yaml.c: reads a YAML file through libyaml and keeps the places. */
#include "harness/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "harness/memory.h"
#include "harness/nearest.h"

/* More than a file written by hand needs.  libyaml takes the square of the
 * length for anchors, and more for nested brackets. */
enum { BYTES_MAX = 1 << 16, DEPTH_MAX = 32 };

struct yaml {
    char *path;
    char *bytes;
    size_t length;
    yaml_document_t document;
    bool loaded;
    bool is_text; /* which is short, and needs no line */
};

/* Reading. */

static int read_bytes(struct yaml *yaml, struct error *error)
{
    FILE *file = fopen(yaml->path, "re");
    if (!file)
        return error_set(error, "%s: cannot be opened: %s", yaml->path,
                         strerror(errno));
    yaml->bytes = xmalloc(BYTES_MAX + 1);
    yaml->length = fread(yaml->bytes, 1, BYTES_MAX + 1, file);
    int failure = ferror(file) ? errno : 0;
    fclose(file);
    if (failure)
        return error_set(error, "%s: cannot be read: %s", yaml->path,
                         strerror(failure));
    if (yaml->length > BYTES_MAX)
        return error_set(error, "%s: longer than %d bytes", yaml->path,
                         BYTES_MAX);
    return 0;
}

/* For bytes that are no text libyaml knows only how far it came. */
static int text_error(const struct yaml *yaml, const yaml_parser_t *parser,
                      struct error *error)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < parser->problem_offset && i < yaml->length; i++) {
        column = yaml->bytes[i] == '\n' ? 1 : column + 1;
        line += yaml->bytes[i] == '\n';
    }
    return error_set(error, "%s:%zu:%zu: %s: the file must be UTF-8 text",
                     yaml->path, line, column, parser->problem);
}

static int syntax_error(const struct yaml *yaml, const yaml_parser_t *parser,
                        struct error *error)
{
    if (parser->error == YAML_READER_ERROR)
        return text_error(yaml, parser, error);
    const char *context = parser->context ? parser->context : "";
    return error_set(
        error, "%s:%zu:%zu: %s%s%s", yaml->path, parser->problem_mark.line + 1,
        parser->problem_mark.column + 1, context, *context ? ": " : "",
        parser->problem ? parser->problem : "not YAML");
}

static int refuse_second_document(struct yaml *yaml, yaml_parser_t *parser,
                                  struct error *error)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next))
        return syntax_error(yaml, parser, error);
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    int status = 0;
    if (root)
        status = error_set(error,
                           "%s:%zu:%zu: a second document begins here: a file "
                           "holds one",
                           yaml->path, next.start_mark.line + 1,
                           next.start_mark.column + 1);
    yaml_document_delete(&next);
    return status;
}

static int open_parser(const struct yaml *yaml, yaml_parser_t *parser,
                       struct error *error)
{
    if (!yaml_parser_initialize(parser))
        return error_set(error, "%s: libyaml has no memory", yaml->path);
    yaml_parser_set_input_string(parser, (const unsigned char *)yaml->bytes,
                                 yaml->length);
    return 0;
}

/* Whether an event begins a value, and what it does to the depth. */
static int change_of_depth(const yaml_event_t *event, bool *value)
{
    *value = false;
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        *value = true;
        return 1;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return -1;
    case YAML_SCALAR_EVENT:
        *value = true;
        return 0;
    default:
        return 0;
    }
}

/* Goes over the file before it is loaded, up to the first value that lies too
 * deep; what else is wrong with it comes out when it is loaded. */
static int refuse_depth(const struct yaml *yaml, struct error *error)
{
    yaml_parser_t parser;
    yaml_event_t event;
    if (open_parser(yaml, &parser, error))
        return -1;
    int depth = 0, status = 0;
    bool value, more = true;
    while (more && status == 0 && yaml_parser_parse(&parser, &event)) {
        int change = change_of_depth(&event, &value);
        if (value && depth > DEPTH_MAX)
            status =
                error_set(error, "%s:%zu:%zu: nested deeper than %d levels",
                          yaml->path, event.start_mark.line + 1,
                          event.start_mark.column + 1, DEPTH_MAX);
        depth += change;
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

static int load(struct yaml *yaml, struct error *error)
{
    yaml_parser_t parser;
    if (refuse_depth(yaml, error) || open_parser(yaml, &parser, error))
        return -1;
    int status;
    if (!yaml_parser_load(&parser, &yaml->document)) {
        status = syntax_error(yaml, &parser, error);
    } else {
        yaml->loaded = true;
        status =
            yaml_document_get_root_node(&yaml->document)
                ? refuse_second_document(yaml, &parser, error)
                : error_set(error, "%s:1:1: the file is empty", yaml->path);
    }
    yaml_parser_delete(&parser);
    return status;
}

/* Checking once, so that readers need not. */

static struct node at(const struct yaml *yaml, int index)
{
    /* libyaml's lookup does not change the document, but is not const. */
    yaml_document_t *document = (yaml_document_t *)&yaml->document;
    return (struct node){yaml, yaml_document_get_node(document, index)};
}

static int check_scalar(struct node node, struct error *error)
{
    if (strlen((const char *)node.node->data.scalar.value) !=
        node.node->data.scalar.length)
        return node_error(node, error, "a NUL character in the text");
    return 0;
}

static int check_key(struct node mapping, size_t index, struct error *error)
{
    struct node key = node_key(mapping, index);
    if (node_kind(key) != NODE_SCALAR)
        return node_error(key, error, "a key must be a word");
    for (size_t earlier = 0; earlier < index; earlier++) {
        struct node other = node_key(mapping, earlier);
        if (strcmp(node_text(other), node_text(key)) == 0)
            return node_error(key, error,
                              "'%s' is given twice: first on line %zu",
                              node_text(key), other.node->start_mark.line + 1);
    }
    return 0;
}

enum state { UNSEEN, OPEN, DONE };

/* Each node once, however many aliases lead to it; one that is met again
 * within itself closes a cycle. */
static int check(struct node node, unsigned char *states, struct error *error)
{
    unsigned char *state = &states[node.node - yaml_root(node.yaml).node];
    if (*state == DONE)
        return 0;
    if (*state == OPEN)
        return node_error(node, error, "an anchor that holds itself");
    *state = OPEN;
    if (node_kind(node) == NODE_SCALAR && check_scalar(node, error))
        return -1;
    for (size_t i = 0; i < node_count(node); i++) {
        bool mapping = node_kind(node) == NODE_MAPPING;
        struct node child = mapping ? node_value(node, i) : node_item(node, i);
        if (mapping && (check(node_key(node, i), states, error) ||
                        check_key(node, i, error)))
            return -1;
        if (check(child, states, error))
            return -1;
    }
    *state = DONE;
    return 0;
}

static int check_all(const struct yaml *yaml, struct error *error)
{
    size_t nodes =
        (size_t)(yaml->document.nodes.top - yaml->document.nodes.start);
    unsigned char *states = xcalloc(nodes, 1);
    int status = check(yaml_root(yaml), states, error);
    free(states);
    return status;
}

/* Takes over what is opened. */
static int finish(struct yaml *opened, struct yaml **yaml, struct error *error)
{
    if (load(opened, error) || check_all(opened, error)) {
        yaml_close(opened);
        return -1;
    }
    *yaml = opened;
    return 0;
}

int yaml_open(const char *path, struct yaml **yaml, struct error *error)
{
    struct yaml *opened = xcalloc(1, sizeof *opened);
    opened->path = xstrdup(path);
    if (read_bytes(opened, error)) {
        yaml_close(opened);
        return -1;
    }
    return finish(opened, yaml, error);
}

int yaml_open_text(const char *name, const char *text, struct yaml **yaml,
                   struct error *error)
{
    struct yaml *opened = xcalloc(1, sizeof *opened);
    opened->path = xstrdup(name);
    opened->is_text = true;
    opened->bytes = xstrdup(text);
    opened->length = strlen(text);
    if (opened->length > BYTES_MAX) {
        yaml_close(opened);
        return error_set(error, "%s: longer than %d bytes", name, BYTES_MAX);
    }
    return finish(opened, yaml, error);
}

void yaml_close(struct yaml *yaml)
{
    if (!yaml)
        return;
    if (yaml->loaded)
        yaml_document_delete(&yaml->document);
    free(yaml->bytes);
    free(yaml->path);
    free(yaml);
}

/* Looking. */

const char *yaml_bytes(const struct yaml *yaml, size_t *length)
{
    *length = yaml->length;
    return yaml->bytes;
}

struct node yaml_root(const struct yaml *yaml)
{
    return at(yaml, 1);
}

bool node_present(struct node node)
{
    return node.node != NULL;
}

enum node_kind node_kind(struct node node)
{
    if (!node.node)
        return NODE_ABSENT;
    switch (node.node->type) {
    case YAML_SCALAR_NODE:
        return NODE_SCALAR;
    case YAML_SEQUENCE_NODE:
        return NODE_LIST;
    case YAML_MAPPING_NODE:
        return NODE_MAPPING;
    default:
        return NODE_ABSENT;
    }
}

const char *node_text(struct node node)
{
    return node_kind(node) == NODE_SCALAR
               ? (const char *)node.node->data.scalar.value
               : NULL;
}

size_t node_count(struct node node)
{
    if (node_kind(node) == NODE_LIST)
        return (size_t)(node.node->data.sequence.items.top -
                        node.node->data.sequence.items.start);
    if (node_kind(node) == NODE_MAPPING)
        return (size_t)(node.node->data.mapping.pairs.top -
                        node.node->data.mapping.pairs.start);
    return 0;
}

struct node node_item(struct node list, size_t index)
{
    return at(list.yaml, list.node->data.sequence.items.start[index]);
}

struct node node_key(struct node mapping, size_t index)
{
    return at(mapping.yaml, mapping.node->data.mapping.pairs.start[index].key);
}

struct node node_value(struct node mapping, size_t index)
{
    return at(mapping.yaml,
              mapping.node->data.mapping.pairs.start[index].value);
}

struct node node_find(struct node mapping, const char *key)
{
    if (node_kind(mapping) == NODE_MAPPING)
        for (size_t i = 0; i < node_count(mapping); i++)
            if (strcmp(node_text(node_key(mapping, i)), key) == 0)
                return node_value(mapping, i);
    return (struct node){mapping.yaml, NULL};
}

/* Refusing. */

int node_error(struct node node, struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char message[sizeof error->text];
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(error, "%s:%zu:%zu: %s", node.yaml->path,
                     node.node->start_mark.line + 1,
                     node.node->start_mark.column + 1, message);
}

char *node_place(struct node node)
{
    return node.yaml->is_text ? xstrdup(node.yaml->path)
                              : xasprintf("%s:%zu", node.yaml->path,
                                          node.node->start_mark.line + 1);
}

int node_expect(struct node node, enum node_kind kind, const char *what,
                struct error *error)
{
    if (node_kind(node) == kind)
        return 0;
    if (node_kind(node) == NODE_MAPPING)
        return node_error(node, error, "expected %s, found a mapping", what);
    if (node_kind(node) == NODE_LIST)
        return node_error(node, error, "expected %s, found a list", what);
    if (*node_text(node))
        return node_error(node, error, "expected %s, found '%s'", what,
                          node_text(node));
    return node_error(node, error, "expected %s, found nothing", what);
}

int node_expect_keys(struct node mapping, const char *const *known,
                     size_t known_count, struct error *error)
{
    for (size_t i = 0; i < node_count(mapping); i++) {
        struct node key = node_key(mapping, i);
        if (nearest_unknown("key", node_text(key), known, known_count, error))
            return node_error(key, error, "%s", error->text);
    }
    return 0;
}

int node_boolean(struct node mapping, const char *key, bool *value,
                 struct error *error)
{
    static const char *const booleans[] = {"true", "false"};
    struct node node = node_find(mapping, key);
    char what[64];
    struct error cause;
    *value = false;
    if (!node_present(node))
        return 0;
    if (node_expect(node, NODE_SCALAR, "true or false", error))
        return -1;
    snprintf(what, sizeof what, "value of %s", key);
    if (nearest_unknown(what, node_text(node), booleans,
                        sizeof booleans / sizeof *booleans, &cause))
        return node_error(node, error, "%s", cause.text);
    *value = !strcmp(node_text(node), "true");
    return 0;
}
