/* checking.c: see checking.h. */
#include "subjects/c/checking.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t verified;

static void verify_collection(void)
{
    const char *wrong = collector.verify();
    if (wrong != NULL) {
        fprintf(stderr, "%s: after a collection: %s\n", collector.name, wrong);
        exit(EXIT_FAILURE);
    }
    verified++;
}

void checking_begin(void)
{
    collection_log.finished = verify_collection;
}

void checking_counters(number_visitor *visit, void *context)
{
    visit("verified_collections", verified, context);
}
