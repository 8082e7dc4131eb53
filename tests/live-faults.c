/* live-faults.c: the trace of page faults on live processes whose writes are
 * known by construction. */
#include "smaps/fault-trace.h"
#include "smaps/symbols.h"
#include "tests/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define NOBODY 65534

/* What a trace told of the area: records by page and process. */
struct account {
    uint64_t area;
    unsigned records[AREA_PAGES];
    unsigned in_kernel;
    pid_t pid; /* of the records, all of one process */
    struct fault_record last;
    unsigned forks, exits;
    uint64_t lost;
};

static void note(const struct fault_record *record, void *context)
{
    struct account *account = context;
    uint64_t page = (record->address - account->area) / PAGE;

    account->forks +=
        record->kind == FAULT_FORK && record->pid != record->parent;
    account->exits += record->kind == FAULT_EXIT;
    account->lost += record->lost;
    if (record->kind != FAULT_PAGE || page >= AREA_PAGES)
        return;
    account->records[page]++;
    account->in_kernel += record->in_kernel;
    assert_true(account->pid == 0 || account->pid == record->pid);
    account->pid = record->pid;
    account->last = *record;
}

static struct fault_trace *open_trace(size_t ring_bytes)
{
    struct fault_trace *trace;
    char why[FAULT_WHY_SIZE];

    if (fault_trace_open(ring_bytes, &trace, why) == 0)
        return trace;
    print_message("# no trace of page faults: %s\n", why);
    skip();
    return NULL;
}

static void follow(struct fault_trace *trace, pid_t pid)
{
    char why[FAULT_WHY_SIZE];

    if (fault_trace_follow(trace, pid, why) != 0)
        fail_msg("%s", why);
}

/* Stops the trace, reads it to its end, and expects that nothing was lost. */
static struct account settle(const struct scene *scene,
                             struct fault_trace *trace)
{
    struct account account = {.area = scene->family.area};
    struct fault_trace_counts counts;

    assert_int_equal(fault_trace_pause(trace), 0);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(fault_trace_read_counts(trace, &counts), 0);
    assert_int_equal(counts.counted, counts.delivered);
    assert_int_equal(counts.missing, 0);
    assert_int_equal(counts.lost_records, 0);
    assert_int_equal(counts.malformed, 0);
    return account;
}

/* Just these pages of the area have a record, and one each. */
static void expect_records(const struct account *account, long first,
                           long count)
{
    for (long i = 0; i < AREA_PAGES; i++)
        assert_int_equal(account->records[i], i >= first && i < first + count);
}

static void each_broken_page_has_one_record(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    follow(trace, scene->family.pid[1]);
    in_worker(scene, 1, read_pages, CELLS_FIRST, CELLS_PAGES);
    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 40);
    in_worker(scene, 1, write_pages, CELLS_FIRST + 3, 40);
    in_worker(scene, 2, write_pages, CELLS_FIRST, CELLS_PAGES);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 3, 40);
    assert_int_equal(account.pid, scene->family.pid[1]);
    assert_int_equal(account.in_kernel, 0);
    assert_int_equal(account.last.address,
                     scene->family.area + (CELLS_FIRST + 42) * PAGE);
    assert_in_range(account.last.instruction, (uintptr_t)write_pages,
                    (uintptr_t)write_pages + 400);
    fault_trace_close(trace);
}

static void a_paused_trace_sees_nothing(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    follow(trace, scene->family.pid[0]);
    assert_int_equal(fault_trace_pause(trace), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 10);
    assert_int_equal(fault_trace_resume(trace), 0);
    in_worker(scene, 0, write_pages, CELLS_FIRST, 30);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 10, 20);
    fault_trace_close(trace);
}

static void what_is_forked_later_is_followed(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    in_template(scene, write_pages, CELLS_FIRST, CELLS_PAGES);
    follow(trace, scene->family.pid[FAMILY_TEMPLATE]);
    family_fork(&scene->family);
    /* Its records lie in the rings by now: it is not followed twice. */
    follow(trace, scene->family.pid[2]);
    in_worker(scene, 2, write_pages, CELLS_FIRST, 20);
    family_end(&scene->family, 0);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST, 20);
    assert_int_equal(account.pid, scene->family.pid[2]);
    assert_int_equal(account.forks, FAMILY_WORKERS);
    assert_int_equal(account.exits, 1);
    fault_trace_close(trace);
}

static inline __attribute__((always_inline)) void touch(char *page)
{
    *(volatile char *)page = 't';
}

/* Writes one page through an inlined function. */
static long touch_page(char *area, long first, long count)
{
    (void)count;
    touch(area + first * PAGEMAP_PAGE_SIZE);
    return 0;
}

static void expect_names(const struct symbol *symbol, const char *inner,
                         const char *outer)
{
    assert_non_null(symbol);
    assert_non_null(strstr(symbol->object, "live-faults"));
    assert_true(symbol->offset > 0);
    if (strncmp(symbols_source(), "none", 4) == 0) {
        assert_int_equal(symbol->name_count, 0);
        return;
    }
    assert_int_equal(symbol->name_count, strcmp(inner, outer) == 0 ? 1 : 2);
    assert_string_equal(symbol->names[0], inner);
    assert_string_equal(symbol->names[symbol->name_count - 1], outer);
    assert_non_null(symbol->file);
    assert_true(symbol->line > 0);
}

static bool adapt(struct symbols *symbols, pid_t pid)
{
    struct mappings mappings;

    assert_int_equal(mappings_read(pid, &mappings), 0);
    bool adapted = symbols_adapt(symbols, &mappings);
    mappings_free(&mappings);
    return adapted;
}

static void *map_code(int file)
{
    void *code = mmap(NULL, PAGEMAP_PAGE_SIZE, PROT_READ | PROT_EXEC,
                      MAP_PRIVATE | (file < 0 ? MAP_ANONYMOUS : 0), file, 0);

    assert_ptr_not_equal(code, MAP_FAILED);
    return code;
}

static void code_of_no_file_needs_no_table(void **state)
{
    struct symbols *symbols;
    int memory = memfd_create("code", MFD_CLOEXEC);
    int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    pid_t self = getpid();

    (void)state;
    assert_int_equal(ftruncate(memory, PAGEMAP_PAGE_SIZE), 0);
    assert_int_equal(symbols_open(self, &symbols), 0);
    const char *made = map_code(-1), *in_memory = map_code(memory);
    assert_true(adapt(symbols, self));
    const char *of_file = map_code(program);
    assert_false(adapt(symbols, self));
    munmap((void *)of_file, PAGEMAP_PAGE_SIZE);
    assert_true(adapt(symbols, self));
    /* Finding names may load a library into this process, too. */
    const struct symbol *symbol =
        symbols_find(symbols, (uint64_t)(uintptr_t)in_memory + 5);
    assert_non_null(strstr(symbol->object, "memfd:code"));
    assert_int_equal(symbol->offset, 5);
    symbol = symbols_find(symbols, (uint64_t)(uintptr_t)made);
    assert_string_not_equal(symbol->object, "unmapped");
    assert_int_equal(symbol->name_count, 0);
    munmap((void *)made, PAGEMAP_PAGE_SIZE);
    munmap((void *)in_memory, PAGEMAP_PAGE_SIZE);
    symbols_close(symbols);
    close(program);
    close(memory);
}

static void what_was_asked_is_known_without_files(void **state)
{
    struct symbols *symbols;
    uint64_t asked = (uint64_t)(uintptr_t)write_pages;
    uint64_t other = (uint64_t)(uintptr_t)touch_page;

    (void)state;
    assert_int_equal(symbols_open(getpid(), &symbols), 0);
    symbols_find(symbols, asked);
    symbols_retire(symbols);
    expect_names(symbols_find(symbols, asked), "write_pages", "write_pages");
    assert_int_equal(symbols_find(symbols, other)->name_count, 0);
    assert_non_null(
        strstr(symbols_find(symbols, other)->object, "live-faults"));
    assert_int_equal(symbols_caller(symbols, other, asked), 0);
    assert_int_equal(symbols_failure(symbols), 0);
    symbols_close(symbols);
}

/* One descriptor is left, and there are two files at least. */
static void files_that_cannot_be_opened_are_told(void **state)
{
    struct symbols *symbols;
    struct rlimit limit, tight;
    int next = dup(0);

    (void)state;
    if (strncmp(symbols_source(), "none", 4) == 0)
        skip();
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    tight = limit;
    tight.rlim_cur = (rlim_t)next + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    int result = symbols_open(getpid(), &symbols);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(result, 0);
    assert_int_equal(symbols_failure(symbols), EMFILE);
    symbols_close(symbols);
}

static void the_writer_is_named(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);
    struct account account = {.area = scene->family.area};
    struct symbols *symbols;

    follow(trace, scene->family.pid[0]);
    assert_int_equal(symbols_open(scene->family.pid[0], &symbols), 0);
    /* Forked alike, so one table serves both. */
    assert_true(adapt(symbols, scene->family.pid[1]));
    in_worker(scene, 0, write_pages, CELLS_FIRST, 1);
    fault_trace_drain(trace, note, &account);
    const struct symbol *direct =
        symbols_find(symbols, account.last.instruction);
    expect_names(direct, "write_pages", "write_pages");
    assert_ptr_equal(symbols_find(symbols, account.last.instruction), direct);
    in_worker(scene, 0, touch_page, CELLS_FIRST + 1, 1);
    fault_trace_drain(trace, note, &account);
    /* The table outlives the process. */
    family_end(&scene->family, 0);
    expect_names(symbols_find(symbols, account.last.instruction), "touch",
                 "touch_page");
    for (uint64_t i = 0; i < 1000; i++) {
        const struct symbol *symbol = symbols_find(symbols, 1 + i);
        assert_string_equal(symbol->object, "unmapped");
        assert_int_equal(symbol->name_count, 0);
    }
    symbols_close(symbols);
    fault_trace_close(trace);
}

/* Writes the page by a function of libc, which pushes nothing. */
static long set_page(char *area, long first, long count)
{
    memset(area + first * PAGEMAP_PAGE_SIZE, 's',
           (size_t)count * PAGEMAP_PAGE_SIZE);
    return count;
}

static void whoever_had_a_page_set_is_named(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);
    struct account account = {.area = scene->family.area};
    struct symbols *symbols;

    follow(trace, scene->family.pid[0]);
    assert_int_equal(symbols_open(scene->family.pid[0], &symbols), 0);
    in_worker(scene, 0, set_page, CELLS_FIRST, 1);
    fault_trace_drain(trace, note, &account);
    const struct fault_record *record = &account.last;
    uint64_t caller =
        symbols_caller(symbols, record->instruction, record->stack_top);
    if (strncmp(symbols_source(), "none", 4) == 0) {
        assert_int_equal(caller, 0);
    } else {
        expect_names(symbols_find(symbols, caller), "set_page", "set_page");
        /* What is no code is nobody's. */
        assert_int_equal(
            symbols_caller(symbols, record->instruction, record->address), 0);
        assert_int_equal(symbols_caller(symbols, record->instruction, 0), 0);
        /* A function that has pushed something returns elsewhere. */
        assert_int_equal(symbols_caller(symbols, caller, record->stack_top), 0);
    }
    symbols_close(symbols);
    fault_trace_close(trace);
}

static struct symbol named(const char *name)
{
    return (struct symbol){.names = {name}, .name_count = name != NULL};
}

static void functions_that_write_for_others_have_plain_names(void **state)
{
    static const char *const rows[][2] = {
        {"memset", "memset"},
        {"__memset_avx2_unaligned_erms", "memset"},
        {"__memmove_avx_unaligned_erms", "memmove"},
        {"__memcpy_chk", "memcpy"},
        {"__wmemset_evex_unaligned", "wmemset"},
        {"memset_all", NULL},
        {"memsetter", NULL},
        {"my_memset", NULL},
        {"read", NULL},
        {NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct symbol symbol = named(rows[i][0]);
        const char *plain = symbol_memory_function(&symbol);
        assert_int_equal(plain != NULL, rows[i][1] != NULL);
        if (plain)
            assert_string_equal(plain, rows[i][1]);
    }
}

/* The kernel writes into the pages on the program's behalf. */
static long fill_pages(char *area, long first, long count)
{
    size_t bytes = (size_t)count * PAGEMAP_PAGE_SIZE;
    int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);

    if (zeros < 0)
        return -1;
    ssize_t got = read(zeros, area + first * PAGEMAP_PAGE_SIZE, bytes);
    close(zeros);
    return got == (ssize_t)bytes ? 0 : -1;
}

static void writes_of_the_kernel_are_seen_where_allowed(void **state)
{
    const struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);

    if (!fault_trace_facts(trace)->kernel_counted) {
        print_message("# %s\n", fault_trace_facts(trace)->kernel_why);
        fault_trace_close(trace);
        skip();
    }
    follow(trace, scene->family.pid[0]);
    in_worker(scene, 0, fill_pages, CELLS_FIRST, 12);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST, 12);
    assert_int_equal(account.in_kernel, 12);
    /* The instruction is the program's. */
    assert_false(account.last.instruction >> 63);
    assert_true(account.last.instruction > 0);
    fault_trace_close(trace);
}

/* As an ordinary user: fewer rights, but the user-mode faults are all seen. */
static void without_rights_the_kernel_mode_is_left_out(void **state)
{
    const struct scene *scene = *state;
    uid_t user = geteuid();

    if (user == 0)
        assert_int_equal(seteuid(NOBODY), 0);
    struct fault_trace *trace = open_trace(64 << 20);
    const struct fault_trace_facts *facts = fault_trace_facts(trace);
    follow(trace, scene->family.pid[0]);
    assert_int_equal(seteuid(user), 0);
    if (facts->kernel_counted) {
        print_message("# this kernel lets everyone count kernel mode\n");
        fault_trace_close(trace);
        skip();
    }
    assert_non_null(strstr(facts->kernel_why, "perf_event_paranoid"));
    assert_in_range(facts->ring_bytes, PAGE, 64 << 20);
    in_worker(scene, 0, fill_pages, CELLS_FIRST, 12);
    in_worker(scene, 0, write_pages, CELLS_FIRST + 12, 5);
    struct account account = settle(scene, trace);
    expect_records(&account, CELLS_FIRST + 12, 5);
    struct sample sample = look(scene, 0);
    assert_int_equal(sample.pages[CELLS].broken, 12 + 5);
    sample_clear(&sample);
    fault_trace_close(trace);
}

/* So that all its records are for one ring. */
static void keep_on_one_processor(pid_t pid)
{
    cpu_set_t allowed, one;
    int processor = 0;

    assert_int_equal(sched_getaffinity(pid, sizeof allowed, &allowed), 0);
    while (!CPU_ISSET(processor, &allowed))
        processor++;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    assert_int_equal(sched_setaffinity(pid, sizeof one, &one), 0);
}

static void what_a_full_ring_lost_is_counted(void **state)
{
    enum { PAGES = 2000 };
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(PAGE);
    struct account account = {.area = 0};
    struct fault_trace_counts counts;

    keep_on_one_processor(scene->family.pid[FAMILY_TEMPLATE]);
    follow(trace, scene->family.pid[FAMILY_TEMPLATE]);
    in_template(scene, write_pages, 0, PAGES);
    assert_int_equal(fault_trace_pause(trace), 0);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(fault_trace_read_counts(trace, &counts), 0);
    assert_true(counts.counted >= PAGES);
    assert_in_range(counts.delivered, 1, PAGES / 2);
    assert_int_equal(counts.missing, counts.counted - counts.delivered);
    /* The ring says so itself as soon as it has room again. */
    assert_int_equal(fault_trace_resume(trace), 0);
    in_template(scene, write_pages, PAGES, 10);
    fault_trace_drain(trace, note, &account);
    assert_int_equal(account.lost, counts.missing);
    fault_trace_close(trace);
}

static void processes_that_are_gone_are_refused(void **state)
{
    struct scene *scene = *state;
    struct fault_trace *trace = open_trace(1 << 20);
    char why[FAULT_WHY_SIZE];
    pid_t pid = scene->family.pid[1];

    family_end(&scene->family, 1);
    assert_int_equal(fault_trace_follow(trace, pid, why), -ESRCH);
    assert_string_equal(why, strerror(ESRCH));
    fault_trace_close(trace);
}

/* A family before its fork, with nothing touched. */
static int open_young(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    *state = &scene;
    family_start(&scene.family, 4096 * PAGE);
    return 0;
}

#define IN_YOUNG(test)                                                         \
    cmocka_unit_test_setup_teardown(test, open_young, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(each_broken_page_has_one_record),
        IN_SCENE(a_paused_trace_sees_nothing),
        IN_YOUNG(what_is_forked_later_is_followed),
        cmocka_unit_test(code_of_no_file_needs_no_table),
        cmocka_unit_test(what_was_asked_is_known_without_files),
        cmocka_unit_test(files_that_cannot_be_opened_are_told),
        IN_SCENE(the_writer_is_named),
        IN_SCENE(whoever_had_a_page_set_is_named),
        cmocka_unit_test(functions_that_write_for_others_have_plain_names),
        IN_SCENE(writes_of_the_kernel_are_seen_where_allowed),
        IN_SCENE(without_rights_the_kernel_mode_is_left_out),
        IN_YOUNG(what_a_full_ring_lost_is_counted),
        IN_SCENE(processes_that_are_gone_are_refused),
    };

    return cmocka_run_group_tests_name("live-faults", tests, NULL, NULL);
}
