/* no-checking.c: see checking.h. */
#include "subjects/c/checking.h"

void checking_begin(void) {}

void checking_counters(number_visitor *visit, void *context)
{
    (void)visit;
    (void)context;
}
