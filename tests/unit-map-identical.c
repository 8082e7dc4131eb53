/* unit-map-identical.c: pages that are compared until that fails.  Which pages
 * there are, and how far the comparison comes, is up to the wrapped functions.
 */
#include "harness/map-identical.h"
#include "smaps/difference.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BROKEN = 4 };

static const unsigned char bytes[PAGEMAP_PAGE_SIZE];
static size_t compared; /* so many; then it fails, if there are more */

static uint64_t page(size_t index)
{
    return (index + 1) * PAGEMAP_PAGE_SIZE;
}

int __wrap_ledger_visit(const struct ledger *ledger, pid_t pid,
                        ledger_visitor *visit, void *context);
int __wrap_difference_visit(pid_t template_pid, pid_t worker,
                            const uint64_t *pages, size_t count,
                            difference_visitor *visit, void *context,
                            struct difference_counts *counts);

int __wrap_ledger_visit(const struct ledger *ledger, pid_t pid,
                        ledger_visitor *visit, void *context)
{
    (void)ledger, (void)pid;
    for (size_t i = 0; i < BROKEN; i++)
        visit(page(i), FATE_BROKEN, NULL, context);
    return 0;
}

int __wrap_difference_visit(pid_t template_pid, pid_t worker,
                            const uint64_t *pages, size_t count,
                            difference_visitor *visit, void *context,
                            struct difference_counts *counts)
{
    (void)template_pid, (void)worker;
    assert_int_equal(count, BROKEN);
    for (size_t i = 0; i < compared; i++) {
        visit(pages[i], bytes, bytes, context);
        counts->compared++;
    }
    return compared < count ? -ESRCH : 0;
}

static size_t count_identical(size_t until)
{
    struct map_identical identical;
    size_t count = 0;
    compared = until;
    map_identical_find(&identical, NULL, 1, 2);
    assert_int_equal(identical.failure, until < BROKEN ? -ESRCH : 0);
    assert_int_equal(identical.compared, until);
    for (size_t i = 0; i < BROKEN; i++)
        count += map_identical_has(&identical, page(i));
    map_identical_clear(&identical);
    return count;
}

static void pages_alike_are_identical(void **state)
{
    (void)state;
    assert_int_equal(count_identical(BROKEN), BROKEN);
}

/* What is said to be unknown is not drawn. */
static void none_is_when_the_comparison_failed_midway(void **state)
{
    (void)state;
    assert_int_equal(count_identical(2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_alike_are_identical),
        cmocka_unit_test(none_is_when_the_comparison_failed_midway),
    };

    return cmocka_run_group_tests_name("unit-map-identical", tests, NULL, NULL);
}
