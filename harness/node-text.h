/* node-text.h: a value of a YAML file told again, whole. */
#ifndef HARNESS_NODE_TEXT_H
#define HARNESS_NODE_TEXT_H

#include <jansson.h>

#include "harness/yaml.h"

/* As JSON: whole numbers and sizes, true, false and none (null) as such, every
 * other scalar as its text.  The caller releases it. */
json_t *node_json(struct node node);

/* As one would write it into a file, on one line; the caller frees it. */
char *node_line(struct node node);

#endif
