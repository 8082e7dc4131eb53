/* unit-blame-phase.c: phases that are inferred from the names of functions. */
#include "harness/blame-phase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct symbol symbol_of(const char *object, const char *innermost,
                               const char *last)
{
    return (struct symbol){.object = object,
                           .names = {innermost, last},
                           .name_count = !!innermost + !!last};
}

static void expect(const char *object, const char *innermost, const char *last,
                   const char *phase)
{
    struct symbol symbol = symbol_of(object, innermost, last);
    const char *found = blame_phase_of(&symbol);
    if (!phase)
        assert_null(found);
    else {
        assert_non_null(found);
        assert_string_equal(found, phase);
    }
}

static const char python[] = "/usr/lib/libpython3.11.so.1.0";
static const char ruby[] = "/usr/lib/libruby-3.1.so.3.1.2";
static const char libc[] = "/lib/x86_64-linux-gnu/libc.so.6";

/* As they stand in reports of real ones. */
static void functions_of_runtimes_have_phases(void **state)
{
    (void)state;
    expect(python, "gc_reset_refs", "gc_collect_main", "collect");
    expect("/usr/bin/python3.11", "collect", NULL, "collect");
    expect(python, "visit_decref", NULL, "collect");
    expect(python, "Py_INCREF", "_PyEval_EvalFrameDefault", "refcount");
    expect(python, "_Py_DECREF", "list_dealloc", "refcount");
    expect(python, "dictkeys_decref", "dict_dealloc", "refcount");
    expect(python, "_PyObject_GC_UNTRACK", "PyObject_GC_UnTrack", "refcount");
    expect(python, "tupledealloc", NULL, "refcount");
    expect(python, "pymalloc_free", "_PyObject_Free", "allocation");
    expect(python, "_Py_SET_REFCNT", "_Py_NewReference", "allocation");
    expect(ruby, "gc_aging", "gc_mark_ptr", "mark");
    expect(ruby, "heap_page_add_freeobj", "gc_sweep_page", "sweep");
    expect(ruby, "rb_gc_writebarrier", NULL, "barrier");
    expect(ruby, "newobj_init", "rb_wb_protected_newobj_of", "allocation");
    expect(libc, "_int_malloc", NULL, "allocation");
    expect(libc, "tcache_put", "_int_free", "allocation");
    expect("/usr/lib/libjemalloc.so.2", "arena_bin_init", NULL, "allocation");
}

static void what_is_inlined_into_a_collector_is_the_collection(void **state)
{
    (void)state;
    expect(python, "_Py_DECREF", "delete_garbage", "collect");
    expect(python, "_Py_DECREF", "delete_attribute", "refcount");
    expect(ruby, "rgengc_remembersetbits_set", "gc_mark_children", "mark");
    expect(ruby, "rgengc_remembersetbits_set", "rgengc_remember", "barrier");
}

/* As symbol tables have them. */
static void variants_of_a_function_are_that_function(void **state)
{
    (void)state;
    expect(python, "deduce_unreachable.constprop.0", NULL, "collect");
    expect(python, "visit_decref.lto_priv.0", NULL, "collect");
    expect(python, "gc_decref.isra.0", "subtract_refs.part.0.cold", "collect");
    expect(ruby, "gc_move.llvm.1234", NULL, "compact");
    expect(python, "insertdict.constprop.0", NULL, NULL);
}

static void others_have_none(void **state)
{
    (void)state;
    expect(python, "insertdict", NULL, NULL);
    expect(python, NULL, NULL, NULL);
    expect(ruby, "heap_page_add_freeobj", NULL, NULL);
    expect(libc, "__memmove_avx_unaligned_erms", NULL, NULL);
    /* A name is the runtime's in its own files alone, */
    expect("/opt/server/server", "collect", NULL, NULL);
    expect("/opt/server/server", "gc_mark", NULL, NULL);
    expect("anonymous", "free", NULL, NULL);
    /* but counting is inlined into extensions. */
    expect("/usr/lib/_json.cpython-311.so", "Py_INCREF", "scan_once",
           "refcount");
}

static void one_that_writes_for_another_has_the_others(void **state)
{
    struct symbol copy = symbol_of(libc, "__memset_avx2", NULL);
    struct symbol caller = symbol_of(python, "_PyObject_Calloc", NULL);
    struct symbol count = symbol_of(python, "Py_INCREF", NULL);
    struct blame_site site = {.writer = &copy, .caller = &caller};

    (void)state;
    assert_string_equal(blame_phase(&site), "allocation");
    site.writer = &count;
    assert_string_equal(blame_phase(&site), "refcount");
    assert_null(blame_phase(&(struct blame_site){.writer = &copy}));
    assert_null(blame_phase(&(struct blame_site){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_runtimes_have_phases),
        cmocka_unit_test(what_is_inlined_into_a_collector_is_the_collection),
        cmocka_unit_test(variants_of_a_function_are_that_function),
        cmocka_unit_test(others_have_none),
        cmocka_unit_test(one_that_writes_for_another_has_the_others),
    };

    return cmocka_run_group_tests_name("unit-blame-phase", tests, NULL, NULL);
}
