/* live-account.c: what a process had when it forked, on processes whose pages
 * are known by construction. */
#include "harness/account-space.h"
#include "harness/clock.h"
#include "tests/scene.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Two pages that the worker writes, one before the fork and one after it. */
enum { BEFORE = MARKS_FIRST + MARKS_INHERITED, AFTER };

static uint64_t address_of(const struct scene *scene, long page)
{
    return scene->family.area + (uint64_t)page * PAGE;
}

static void open_account(struct account *account, pid_t pid)
{
    struct error error;

    if (account_open(account, pid, &error) != 0)
        fail_msg("%s", error.text);
    if (!account->untraced[0])
        return;
    print_message("# no page faults: %s\n", account->untraced);
    account_close(account);
    skip();
}

/* All others are known, wherever 2 MiB end. */
static void know_others(const struct scene *scene, struct sharing *sharing)
{
    for (long page = 0; page < AREA_PAGES; page++)
        if (page != BEFORE && page != AFTER)
            assert_int_equal(sharing_own(sharing, address_of(scene, page), 0),
                             0);
}

/* Completes what the owner had at a fork, when the records of the worker's
 * writes lie in their ring as yet. */
static void complete(const struct scene *scene, struct account *account,
                     struct account_process *owner)
{
    struct account_event fork = {.pid = scene->family.pid[0]};

    know_others(scene, owner->sharing);
    in_worker(scene, 0, write_pages, BEFORE, 1);
    fork.time_ns = clock_now();
    in_worker(scene, 0, write_pages, AFTER, 1);
    account_complete(account, owner, account->processes[0], &fork);
    assert_int_equal(sharing_state(owner->sharing, address_of(scene, BEFORE)),
                     PAGE_OWN);
    assert_int_equal(sharing_state(owner->sharing, address_of(scene, AFTER)),
                     PAGE_UNKNOWN);
}

static void what_a_parent_writes_after_a_fork_is_not_inherited(void **state)
{
    const struct scene *scene = *state;
    struct account account;

    open_account(&account, scene->family.pid[0]);
    complete(scene, &account, account.processes[0]);
    account_close(&account);
}

static void nor_what_the_child_of_one_that_has_gone_writes(void **state)
{
    const struct scene *scene = *state;
    struct account account;

    open_account(&account, scene->family.pid[0]);
    struct account_process gone = {.pid = scene->family.pid[1],
                                   .pagemap = -ESRCH,
                                   .sharing = sharing_new()};
    assert_non_null(gone.sharing);
    complete(scene, &account, &gone);
    sharing_free(gone.sharing);
    account_close(&account);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(what_a_parent_writes_after_a_fork_is_not_inherited),
        IN_SCENE(nor_what_the_child_of_one_that_has_gone_writes),
    };

    return cmocka_run_group_tests_name("live-account", tests, NULL, NULL);
}
