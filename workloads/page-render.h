/* page-render.h: pages rendered from templates.
 *
 * After Django's and Rails' template engines, which parse their templates once,
 * before the fork, and render them in every request.  It stresses the making of
 * what dies young: deep trees of nodes, and many strings.
 *
 * At scale 1000 there are 800 templates.  Each is a tree, `depth` levels of
 * blocks with `children` nodes each, and below them the leaves.  The leaves of
 * all templates are numbered from 0, in order: an even one is a text, a string
 * of `text-bytes` bytes 'a' + n mod 26; an odd one is a variable, which has the
 * value n mod `variables` of the context.
 *
 * A request renders `pages` pages.  For each a random number r chooses template
 * r mod their number.  Then the context is made, a list of `variables` strings:
 * two random numbers r and s give one of 1 + r mod `value-bytes` bytes 'A' + s
 * mod 26.  Rendering makes a new node for each of the template's, first from
 * the top down: that of a block has a list of nodes, that of a text has the
 * template's string, that of a variable a new string, the value between two
 * quotes (34).  Then from the bottom up each block's strings are put together
 * in a new one, until one is the page.  Of that, h starts as its length and
 * becomes h * 31 + byte with each byte (modulo 2^64), and mix(h) is added to
 * the total; the page, its nodes and the context are dropped.  The reply is
 * mix(total).
 *
 * Nothing is stored into what was there before the request: the application's
 * own writes to inherited objects are none, and the templates do not depend on
 * the seed. */
#ifndef WORKLOADS_PAGE_RENDER_H
#define WORKLOADS_PAGE_RENDER_H

#include "workloads/long-list.h"
#include "workloads/scale.h"
#include "workloads/values.h"
#include "workloads/workload.h"

enum {
    PAGE_RENDER_TEMPLATES,
    PAGE_RENDER_NODE,
    PAGE_RENDER_CHILDREN,
    PAGE_RENDER_TEXT,
    PAGE_RENDER_CONTEXT,
    PAGE_RENDER_VALUE,
    PAGE_RENDER_RENDERED
};

/* What a template's node is, and whose number its word holds: of its children,
 * of nothing, of the value. */
enum { NODE_BLOCK, NODE_TEXT, NODE_VARIABLE, NODE_TYPES };

/* The references of a rendered node. */
enum { RENDERED_CHILDREN, RENDERED_STRING, RENDERED_REFERENCES };

#define PAGE_RENDER_COUNT 800 /* templates at scale 1000 */

static int64_t page_render_scale = SCALE_DEFAULT;
static int64_t page_render_depth = 6;
static int64_t page_render_children = 3;
static int64_t page_render_text_bytes = 24;
static int64_t page_render_lists = LIST_INLINE;
static int64_t page_render_variables = 32;
static int64_t page_render_value_bytes = 24;
static int64_t page_render_pages = 1;

static const struct parameter page_render_parameters[] = {
    SCALE_PARAMETER(&page_render_scale, "800 templates", "49"),
    {"depth", &page_render_depth, 1, 24, NULL, "levels",
     "blocks above each leaf of a template"},
    {"children", &page_render_children, 1, 1000, NULL, "nodes",
     "nodes in each block"},
    {"text-bytes", &page_render_text_bytes, 1, 65536, NULL, "bytes",
     "length of every text of a template"},
    {"lists", &page_render_lists, 0, 1, "inline|split", NULL,
     "a list's items, a block's nodes and the context, in its own object, or "
     "in a buffer beside it"},
    {"variables", &page_render_variables, 1, 100000, NULL, "values",
     "values in the context that a page is rendered with"},
    {"value-bytes", &page_render_value_bytes, 1, 65536, NULL, "bytes",
     "greatest length of a value"},
    {"pages", &page_render_pages, 1, 1000000, NULL, "pages",
     "pages that a request renders"},
};

static struct root page_render_root[1]; /* the list of templates */
static struct frame page_render_frame;
static uint64_t page_render_count; /* of templates */

/* A page is a string, which has at most OBJECT_MAX_COUNT raw bytes. */
static const char *page_render_wrong(void)
{
    uint64_t most = (uint64_t)page_render_text_bytes;
    uint64_t quoted = (uint64_t)page_render_value_bytes + 2;
    most = quoted > most ? quoted : most;
    for (int64_t level = 0;
         level < page_render_depth && most <= OBJECT_MAX_COUNT; level++) {
        most *= (uint64_t)page_render_children;
    }
    return most <= OBJECT_MAX_COUNT - STRING_START
               ? NULL
               : "a page could exceed 16 MiB: give fewer levels or children";
}

/* A node has one reference, to its children or its text, and a word. */
static inline struct shape page_render_node_shape(void)
{
    return (struct shape){PAGE_RENDER_NODE, 1, sizeof(uint64_t)};
}

static ref page_render_node_new(unsigned type, uint64_t number)
{
    ref node = object_new(page_render_node_shape());
    raw_store_word(node, page_render_node_shape(), 0,
                   number * NODE_TYPES + type);
    return node;
}

static inline unsigned page_render_type(ref node)
{
    return raw_load_word(node, page_render_node_shape(), 0) % NODE_TYPES;
}

static inline uint64_t page_render_number(ref node)
{
    return raw_load_word(node, page_render_node_shape(), 0) / NODE_TYPES;
}

static ref page_render_text_new(uint64_t leaf)
{
    FRAME(local, 1);
    root_store(&local[0],
               string_of(PAGE_RENDER_TEXT, (size_t)page_render_text_bytes,
                         (unsigned char)('a' + leaf % 26)));
    ref node = page_render_node_new(NODE_TEXT, 0);
    ref_init(node, 0, root_load(local[0]));
    FRAME_END(local);
    return node;
}

/* A template's node with so many levels of blocks, and all below it. */
static ref page_render_parse(enum list_shape shape, int64_t levels,
                             uint64_t *leaves)
{
    if (levels == 0) {
        uint64_t leaf = (*leaves)++;
        return leaf % 2 == 0
                   ? page_render_text_new(leaf)
                   : page_render_node_new(
                         NODE_VARIABLE, leaf % (uint64_t)page_render_variables);
    }
    size_t count = (size_t)page_render_children;
    FRAME(local, 2);
    root_store(&local[0], page_render_node_new(NODE_BLOCK, count));
    root_store(&local[1], list_new(shape, PAGE_RENDER_CHILDREN, count));
    ref_store(root_load(local[0]), 0, root_load(local[1]));
    for (size_t i = 0; i < count; i++) {
        ref child = page_render_parse(shape, levels - 1, leaves);
        list_store(shape, root_load(local[1]), i, child);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

static void page_render_load(struct random *random)
{
    (void)random;
    enum list_shape shape = (enum list_shape)page_render_lists;
    uint64_t leaves = 0;
    page_render_count = scaled(PAGE_RENDER_COUNT, page_render_scale);
    frame_push(&page_render_frame, page_render_root, LENGTH(page_render_root));
    root_store(&page_render_root[0],
               long_list_new(shape, PAGE_RENDER_TEMPLATES, page_render_count));
    for (uint64_t i = 0; i < page_render_count; i++) {
        ref template = page_render_parse(shape, page_render_depth, &leaves);
        long_list_store(shape, root_load(page_render_root[0]), i, template);
    }
}

static inline __attribute__((always_inline)) ref
page_render_context_new(enum list_shape shape, struct random *random)
{
    size_t count = (size_t)page_render_variables;
    FRAME(local, 1);
    root_store(&local[0], list_new(shape, PAGE_RENDER_CONTEXT, count));
    for (size_t i = 0; i < count; i++) {
        size_t length =
            1 + random_next(random) % (uint64_t)page_render_value_bytes;
        ref value = string_of(PAGE_RENDER_VALUE, length,
                              (unsigned char)('A' + random_next(random) % 26));
        list_store(shape, root_load(local[0]), i, value);
    }
    ref result = root_take(&local[0]);
    FRAME_END(local);
    return result;
}

/* A value as it stands in a page: between quotes. */
static ref page_render_quoted(ref value)
{
    FRAME(local, 1);
    root_store(&local[0], value);
    size_t length = string_length(value) + 2;
    ref quoted = string_new(PAGE_RENDER_VALUE, length);
    string_set_byte(quoted, 0, '"');
    string_set_byte(quoted, string_put(quoted, 1, root_load(local[0])), '"');
    FRAME_END(local);
    return quoted;
}

/* The rendered tree of a template's node; a variable's value is in the context.
 * The shape is chosen once for each node's loop. */
static ref page_render_build(ref node, const struct root *context);

static inline __attribute__((always_inline)) void
page_render_build_children(enum list_shape shape, ref block, struct root *built,
                           const struct root *context)
{
    size_t count = page_render_number(block);
    FRAME(local, 2);
    root_store(&local[0], ref_load(block, 0));
    root_store(&local[1], list_new(shape, PAGE_RENDER_CHILDREN, count));
    ref_store(root_load(*built), RENDERED_CHILDREN, root_load(local[1]));
    for (size_t i = 0; i < count; i++) {
        ref child = page_render_build(list_load(shape, root_load(local[0]), i),
                                      context);
        list_store(shape, root_load(local[1]), i, child);
    }
    FRAME_END(local);
}

static ref page_render_build(ref node, const struct root *context)
{
    bool split = page_render_lists == LIST_SPLIT;
    FRAME(local, 2);
    root_store(&local[0], node);
    root_store(&local[1], object_new((struct shape){PAGE_RENDER_RENDERED,
                                                    RENDERED_REFERENCES, 0}));
    switch (page_render_type(root_load(local[0]))) {
    case NODE_TEXT:
        ref_store(root_load(local[1]), RENDERED_STRING,
                  ref_load(root_load(local[0]), 0));
        break;
    case NODE_VARIABLE: {
        size_t number = page_render_number(root_load(local[0]));
        ref quoted = page_render_quoted(
            split ? list_load(LIST_SPLIT, root_load(*context), number)
                  : list_load(LIST_INLINE, root_load(*context), number));
        ref_store(root_load(local[1]), RENDERED_STRING, quoted);
        break;
    }
    default:
        if (split) {
            page_render_build_children(LIST_SPLIT, root_load(local[0]),
                                       &local[1], context);
        } else {
            page_render_build_children(LIST_INLINE, root_load(local[0]),
                                       &local[1], context);
        }
    }
    ref result = root_take(&local[1]);
    FRAME_END(local);
    return result;
}

/* Puts the strings of a rendered block together, those of its blocks first. */
static void page_render_join(const struct root *rendered);

static inline __attribute__((always_inline)) void
page_render_join_children(enum list_shape shape, const struct root *rendered)
{
    size_t count = (size_t)page_render_children;
    size_t length = 0;
    FRAME(local, 2);
    root_store(&local[0], ref_load(root_load(*rendered), RENDERED_CHILDREN));
    for (size_t i = 0; i < count; i++) {
        root_store(&local[1], list_load(shape, root_load(local[0]), i));
        page_render_join(&local[1]);
        length += string_length(ref_load(root_load(local[1]), RENDERED_STRING));
    }
    ref string = string_new(PAGE_RENDER_VALUE, length);
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        ref child = list_load(shape, root_load(local[0]), i);
        retain(child);
        end = string_put(string, end, ref_load(child, RENDERED_STRING));
        release(child);
    }
    ref_store(root_load(*rendered), RENDERED_STRING, string);
    FRAME_END(local);
}

static void page_render_join(const struct root *rendered)
{
    if (ref_is_null(ref_load(root_load(*rendered), RENDERED_CHILDREN))) {
        return;
    }
    if (page_render_lists == LIST_SPLIT) {
        page_render_join_children(LIST_SPLIT, rendered);
    } else {
        page_render_join_children(LIST_INLINE, rendered);
    }
}

static uint64_t page_render_sum(ref page)
{
    size_t length = string_length(page);
    uint64_t sum = length;
    retain(page);
    for (size_t i = 0; i < length; i++) {
        sum = sum * 31 + string_byte(page, i);
    }
    release(page);
    return mix(sum);
}

static uint64_t page_render_one(struct random *random)
{
    enum list_shape shape = (enum list_shape)page_render_lists;
    uint64_t which = random_next(random) % page_render_count;
    FRAME(local, 2);
    root_store(&local[0], page_render_context_new(shape, random));
    ref template = long_list_load(shape, root_load(page_render_root[0]), which);
    root_store(&local[1], page_render_build(template, &local[0]));
    page_render_join(&local[1]);
    uint64_t sum =
        page_render_sum(ref_load(root_load(local[1]), RENDERED_STRING));
    FRAME_END(local);
    return sum;
}

static uint64_t page_render_request(uint64_t number, struct random *random)
{
    (void)number;
    uint64_t total = 0;
    for (int64_t i = 0; i < page_render_pages; i++) {
        total += page_render_one(random);
    }
    return mix(total);
}

static uint64_t page_render_check_node(enum list_shape shape, ref node,
                                       uint64_t sum)
{
    unsigned type = page_render_type(node);
    sum = mix(sum ^ raw_load_word(node, page_render_node_shape(), 0));
    if (type == NODE_TEXT) {
        ref text = ref_load(node, 0);
        size_t length = string_length(text);
        return mix(sum ^ (length * 256 + string_byte(text, length - 1)));
    }
    if (type == NODE_BLOCK) {
        for (size_t i = 0; i < page_render_number(node); i++) {
            ref child = list_load(shape, ref_load(node, 0), i);
            sum = page_render_check_node(shape, child, sum);
        }
    }
    return sum;
}

static uint64_t page_render_check(void)
{
    enum list_shape shape = (enum list_shape)page_render_lists;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < page_render_count; i++) {
        ref template = long_list_load(shape, root_load(page_render_root[0]), i);
        sum = page_render_check_node(shape, template, sum);
    }
    return sum;
}

static const struct workload page_render = {
    .name = "page-render",
    .about = "templates are rendered: deep trees and many strings, all "
             "short-lived",
    .parameters = page_render_parameters,
    .parameter_count = LENGTH(page_render_parameters),
    .wrong = page_render_wrong,
    .load = page_render_load,
    .request = page_render_request,
    .check = page_render_check,
};

#endif
