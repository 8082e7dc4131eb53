/* live-symbols.c: what code is called, of this process and of live ones whose
 * writes are known by construction. */
#include "smaps/symbols.h"
#include "smaps/fault-trace.h"
#include "tests/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/traced.h"

/* The last record of a page of the area. */
struct last {
    uint64_t area;
    struct fault_record record;
};

/* A fault_visitor. */
static void keep_last(const struct fault_record *record, void *context)
{
    struct last *last = context;

    if (record->kind == FAULT_PAGE &&
        (record->address - last->area) / PAGE < AREA_PAGES)
        last->record = *record;
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
    assert_non_null(strstr(symbol->object, "live-symbols"));
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
    bool has_names = strncmp(symbols_source(), "none", 4) != 0;

    (void)state;
    assert_int_equal(symbols_open(getpid(), &symbols), 0);
    symbols_find(symbols, asked);
    /* A function has pushed nothing at its first instruction. */
    uint64_t caller = symbols_caller(symbols, asked, other);
    assert_int_equal(caller, has_names ? other - 1 : 0);
    symbols_retire(symbols);
    assert_int_equal(symbols_caller(symbols, asked, other), caller);
    assert_false(symbols_find(symbols, asked)->late);
    expect_names(symbols_find(symbols, asked), "write_pages", "write_pages");
    assert_int_equal(symbols_find(symbols, other)->name_count, 0);
    assert_int_equal(symbols_find(symbols, other)->late, has_names);
    assert_non_null(
        strstr(symbols_find(symbols, other)->object, "live-symbols"));
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
    struct last last = {.area = scene->family.area};
    struct symbols *symbols;

    follow(trace, scene->family.pid[0]);
    assert_int_equal(symbols_open(scene->family.pid[0], &symbols), 0);
    /* Forked alike, so one table serves both. */
    assert_true(adapt(symbols, scene->family.pid[1]));
    in_worker(scene, 0, write_pages, CELLS_FIRST, 1);
    fault_trace_drain(trace, keep_last, &last);
    const struct symbol *direct =
        symbols_find(symbols, last.record.instruction);
    expect_names(direct, "write_pages", "write_pages");
    assert_ptr_equal(symbols_find(symbols, last.record.instruction), direct);
    in_worker(scene, 0, touch_page, CELLS_FIRST + 1, 1);
    fault_trace_drain(trace, keep_last, &last);
    /* The table outlives the process. */
    family_end(&scene->family, 0);
    expect_names(symbols_find(symbols, last.record.instruction), "touch",
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
    struct last last = {.area = scene->family.area};
    struct symbols *symbols;

    follow(trace, scene->family.pid[0]);
    assert_int_equal(symbols_open(scene->family.pid[0], &symbols), 0);
    in_worker(scene, 0, set_page, CELLS_FIRST, 1);
    fault_trace_drain(trace, keep_last, &last);
    const struct fault_record *record = &last.record;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_of_no_file_needs_no_table),
        cmocka_unit_test(what_was_asked_is_known_without_files),
        cmocka_unit_test(files_that_cannot_be_opened_are_told),
        IN_SCENE(the_writer_is_named),
        IN_SCENE(whoever_had_a_page_set_is_named),
        cmocka_unit_test(functions_that_write_for_others_have_plain_names),
    };

    return cmocka_run_group_tests_name("live-symbols", tests, NULL, NULL);
}
