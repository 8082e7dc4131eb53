/* node-text.c: see node-text.h. */
#include "harness/node-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/declaration.h"

static json_t *scalar_json(const char *text)
{
    int64_t number;
    if (declaration_size(text, &number))
        return json_integer(number);
    if (!strcmp(text, "true") || !strcmp(text, "false"))
        return json_boolean(!strcmp(text, "true"));
    return strcmp(text, "none") ? json_string(text) : json_null();
}

json_t *node_json(struct node node)
{
    if (node_kind(node) == NODE_SCALAR)
        return scalar_json(node_text(node));
    bool mapping = node_kind(node) == NODE_MAPPING;
    json_t *json = mapping ? json_object() : json_array();
    for (size_t i = 0; i < node_count(node); i++)
        if (mapping)
            json_object_set_new(json, node_text(node_key(node, i)),
                                node_json(node_value(node, i)));
        else
            json_array_append_new(json, node_json(node_item(node, i)));
    return json;
}

/* A scalar within a list or mapping: some characters would end it there. */
static void write_scalar(FILE *stream, const char *text)
{
    if (*text && !strpbrk(text, ",[]{}:#'\"&*!|>%@`")) {
        fputs(text, stream);
        return;
    }
    fputc('\'', stream);
    for (; *text; text++)
        fputs(*text == '\'' ? "''" : (const char[]){*text, '\0'}, stream);
    fputc('\'', stream);
}

static void write_node(FILE *stream, struct node node)
{
    bool mapping = node_kind(node) == NODE_MAPPING;
    if (node_kind(node) == NODE_SCALAR) {
        write_scalar(stream, node_text(node));
        return;
    }
    fputc(mapping ? '{' : '[', stream);
    for (size_t i = 0; i < node_count(node); i++) {
        fputs(i ? ", " : "", stream);
        if (mapping)
            fprintf(stream, "%s: ", node_text(node_key(node, i)));
        write_node(stream, mapping ? node_value(node, i) : node_item(node, i));
    }
    fputc(mapping ? '}' : ']', stream);
}

char *node_line(struct node node)
{
    char *line = NULL;
    size_t length;
    FILE *stream = open_memstream(&line, &length);
    if (!stream)
        abort();
    if (node_kind(node) == NODE_SCALAR)
        fputs(node_text(node), stream);
    else
        write_node(stream, node);
    fclose(stream);
    return line;
}
