/* unit-account-table.c: which tables of symbols are closed when there are many,
 * and what that does to names: all in one batch, of processes each of which
 * maps more code than the one before. */
#include "harness/account-process.h"
#include "harness/account-table.h"
#include "harness/blame.h"
#include "harness/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* More than there may be tables. */
enum { MANY = 20 };

static pid_t children[MANY];
static struct account account;

static void map_code(void)
{
    int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    void *mapped = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE),
                        PROT_READ | PROT_EXEC, MAP_PRIVATE, program, 0);
    if (program < 0 || mapped == MAP_FAILED)
        _exit(EXIT_FAILURE);
    close(program);
}

/* Its pid when it is ready, or -1. */
static pid_t start_child(size_t mapped)
{
    int ready[2];
    char byte;
    if (pipe(ready) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (size_t i = 0; i < mapped; i++)
            map_code();
        if (write(ready[1], "", 1) == 1)
            pause();
        _exit(EXIT_FAILURE);
    }
    close(ready[1]);
    bool is_ready = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    return is_ready ? pid : -1;
}

/* Before any table is opened: that maps files here, which children would have.
 */
static int start_children(void **state)
{
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        children[i] = start_child(i);
        if (children[i] < 0)
            return -1;
    }
    return 0;
}

static int end_children(void **state)
{
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    return 0;
}

static int open_account(void **state)
{
    (void)state;
    account = (struct account){.batch = 1};
    tally_open(&account.sites, sizeof(struct account_site));
    tally_open(&account.mappings, sizeof(struct account_mapping));
    account.processes = xcalloc(MANY, sizeof *account.processes);
    return 0;
}

static int close_account(void **state)
{
    (void)state;
    account_close(&account);
    return 0;
}

/* The next child. */
static struct account_process *add_process(void)
{
    struct account_process *process = xcalloc(1, sizeof *process);
    process->pid = children[account.process_count];
    process->pagemap = -ESRCH;
    account.processes[account.process_count++] = process;
    return process;
}

static struct symbols *add_table(void)
{
    struct symbols *table = account_symbols(&account, add_process());
    assert_non_null(table);
    return table;
}

static void add_others(void)
{
    while (account.process_count < MANY)
        add_table();
    assert_true(account.retired_count > 0);
}

static uint64_t here(void)
{
    return (uint64_t)(uintptr_t)here;
}

static uint64_t there(void)
{
    return (uint64_t)(uintptr_t)there;
}

static bool has_names(void)
{
    return strncmp(symbols_source(), "none", 4) != 0;
}

static void expect_closed(struct symbols *table)
{
    const struct symbol *symbol = symbols_find(table, here());
    assert_non_null(symbol);
    assert_int_equal(symbol->late, has_names());
    assert_int_equal(symbol->name_count, 0);
}

static void expect_open(struct symbols *table)
{
    const struct symbol *symbol = symbols_find(table, here());
    assert_non_null(symbol);
    assert_false(symbol->late);
    assert_int_equal(symbol->name_count, has_names());
}

static void a_table_that_is_asked_stays_open(void **state)
{
    (void)state;
    struct account_process *busy = add_process();
    struct symbols *table = account_symbols(&account, busy);
    struct symbols *idle = add_table();
    while (account.process_count < MANY) {
        add_table();
        assert_ptr_equal(account_symbols(&account, busy), table);
    }
    assert_true(account.retired_count > 0);
    assert_ptr_equal(account.tables[0], idle);
    expect_closed(idle);
    expect_open(table);
}

/* Its process was read in this batch before, because of a mapping. */
static void who_loses_a_table_gets_another(void **state)
{
    (void)state;
    struct account_process *process = add_process();
    struct symbols *table = account_symbols(&account, process);
    account.batch++;
    account_mapping_row(&account, process, 0);
    add_others();
    expect_closed(table);
    struct symbols *other = account_symbols(&account, process);
    assert_ptr_not_equal(other, table);
    expect_open(other);
}

/* But not without end: one that was given one gets the next in the next batch.
 */
static void a_batch_gives_a_process_one_table(void **state)
{
    (void)state;
    struct account_process *process = add_process();
    struct symbols *table = account_symbols(&account, process);
    add_others();
    assert_ptr_equal(account_symbols(&account, process), table);
    account.batch++;
    assert_ptr_not_equal(account_symbols(&account, process), table);
}

static void break_page(struct symbols *table, uint64_t instruction)
{
    struct account_site site;
    memset(&site, 0, sizeof site);
    site.symbols = table;
    site.instruction = instruction;
    tally_at(&account.sites, &site)->broken++;
}

/* A page that is broken by code of a closed table is not called that of a
 * stripped file, unless the table was asked in time. */
static void what_comes_too_late_is_told_as_that(void **state)
{
    (void)state;
    struct blame blame;
    struct symbols *table = account_symbols(&account, add_process());
    break_page(table, here());
    break_page(table, 1); /* in no file */
    add_others();
    break_page(table, there());
    blame_make(&blame, &account, BLAME_TIME);
    assert_int_equal(blame.untabled, has_names() ? 1 : 0);
    assert_int_equal(blame.unknown, has_names() ? 1 : 3);
    blame_clear(&blame);
}

int main(void)
{
#define CASE(test)                                                             \
    cmocka_unit_test_setup_teardown(test, open_account, close_account)
    const struct CMUnitTest tests[] = {
        CASE(a_table_that_is_asked_stays_open),
        CASE(who_loses_a_table_gets_another),
        CASE(a_batch_gives_a_process_one_table),
        CASE(what_comes_too_late_is_told_as_that),
    };

    return cmocka_run_group_tests_name("unit-account-table", tests,
                                       start_children, end_children);
}
