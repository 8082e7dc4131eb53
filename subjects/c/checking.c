/* checking.c: see checking.h. */
#include "subjects/c/checking.h"

#include <stdio.h>
#include <stdlib.h>

#define MINORS_BETWEEN 64

static uint64_t verified, minors;

static void verify_collection(enum collection_kind kind)
{
    if (kind == COLLECTION_MINOR && ++minors > MINORS_BETWEEN &&
        minors % MINORS_BETWEEN != 0) {
        return;
    }
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
