/* remarks.h: what is to be said of a directory of results before anybody
 * publishes them. */
#ifndef HARNESS_REMARKS_H
#define HARNESS_REMARKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum gravity { GRAVITY_WARNING, GRAVITY_WRONG };

struct remark {
    char *code; /* one word, always the same */
    enum gravity gravity;
    json_t *where; /* files or cells, each a text; perhaps none */
    char *what;
    char *next;  /* what to do */
    bool varies; /* said of others in other words */
};

struct remarks { /* starts as all zero */
    struct remark *items;
    size_t count;
};

/* Adds a remark about `where` (NULL: the whole directory).  What has been said
 * before is not said again: `where` is added to it. */
void remarks_add(struct remarks *remarks, enum gravity gravity,
                 const char *code, const char *where, const char *next,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same, but one code is one remark, in the words of the first. */
void remarks_add_code(struct remarks *remarks, enum gravity gravity,
                      const char *code, const char *where, const char *next,
                      const char *what);
void remarks_free(struct remarks *remarks);

size_t remarks_count(const struct remarks *remarks, enum gravity gravity);

#endif
