/* counted.h: tests of collectors that count; it is included after one's file.
 */
#ifndef TESTS_COUNTED_H
#define TESTS_COUNTED_H

#include "tests/numbered.h"

static inline void counted_begin(void)
{
    numbered_open();
    counted_freed_objects = 0;
}

/* What is written now without leave ends the test. */
static inline void objects_allow(int access)
{
    assert_int_equal(
        mprotect(heap.small.region.start, heap.small.region.committed, access),
        0);
}

#endif
