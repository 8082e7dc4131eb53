/* verb.c: see verb.h. */
#include "harness/verb.h"

void verb_take(const char **word, const char *argument, const char *what,
               const struct argp_state *state)
{
    if (*word)
        argp_error(state, "one %s, please: '%s' or '%s'", what, *word,
                   argument);
    *word = argument;
}
