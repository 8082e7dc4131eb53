/* blame-phase.c: the functions of CPython from 2.7 on, of Ruby from 2.1 on and
 * of allocators that write what is worth a phase. */
#include "harness/blame-phase.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "harness/memory.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#define NAME_MOST 64 /* of a pattern */

/* Patterns of the files that functions are in, and of the functions, separated
 * by spaces.  The first row that fits counts. */
static const struct {
    const char *files, *functions, *phase;
} rows[] = {
    /* Modules/gcmodule.c, Python/gc.c */
    {"python* libpython*",
     "collect collect_generations collect_with_callback gc_collect_* "
     "deduce_unreachable update_refs subtract_refs visit_decref "
     "visit_reachable visit_move move_unreachable move_*finalizer* "
     "handle_*finalizers handle_weakrefs handle_resurrected_objects "
     "untrack_tuples untrack_dicts clear_unreachable_mask delete_garbage "
     "finalize_garbage gc_reset_refs gc_decref gc_set_refs "
     "gc_clear_collecting",
     "collect"},
    /* Objects/obmalloc.c, Objects/object.c, Objects/typeobject.c */
    {"python* libpython*",
     "pymalloc_* allocate_from_new_pool new_arena insert_to_*pool "
     "arena_map_mark_used _PyObject_Malloc _PyObject_Calloc "
     "_PyObject_Realloc _PyObject_Free PyObject_Malloc PyObject_Calloc "
     "PyObject_Realloc PyObject_Free PyMem_* _PyMem_* gc_alloc "
     "_PyObject_GC_Alloc _PyObject_GC_Malloc _PyObject_GC_Calloc "
     "_PyObject_GC_Link _PyObject_GC_New* _PyObject_GC_Resize "
     "PyObject_GC_Del _PyObject_New* PyObject_Init PyObject_InitVar "
     "_PyObject_Init _PyObject_InitVar _PyObject_INIT* "
     "PyType_GenericAlloc _PyType_AllocNoTrack _Py_NewReference*",
     "allocation"},
    /* Include/object.h, pycore_object.h: inlined into extensions, too */
    {"*",
     "Py_*INCREF* _Py_*INCREF* Py_*DECREF* _Py_*DECREF* Py_*NewRef "
     "_Py_*NewRef",
     "refcount"},
    {"python* libpython*",
     "Py_IncRef Py_DecRef _Py_IncRef _Py_DecRef dictkeys_incref "
     "dictkeys_decref _PyObject_GC_TRACK* _PyObject_GC_UNTRACK* "
     "PyObject_GC_Track PyObject_GC_UnTrack _Py_Dealloc *dealloc",
     "refcount"},

    /* gc.c, gc/default/default.c */
    {"ruby* libruby*",
     "gc_mark* gc_aging gc_grey gc_pin rgengc_mark_and_rememberset_clear "
     "rgengc_rememberset_mark* push_mark_stack* pop_mark_stack* rb_gc_mark* "
     "RVALUE_AGE_INC RVALUE_*UNCOLLECTIBLE_SET",
     "mark"},
    {"ruby* libruby*", "gc_sweep*", "sweep"},
    {"ruby* libruby*", "gc_move gc_update_references", "compact"},
    {"ruby* libruby*",
     "rb_gc_writebarrier* rb_gc_impl_writebarrier* gc_writebarrier_* "
     "rgengc_remember rgengc_remembersetbits_set",
     "barrier"},
    {"ruby* libruby*",
     "newobj_* rb_newobj* rb_*newobj_of* rb_gc_impl_new_obj ractor_cache_* "
     "heap_page_allocate* heap_get_freeobj* ruby_xmalloc* ruby_*xfree",
     "allocation"},

    {"libc.so* libc-*",
     "*malloc* *calloc *realloc free cfree __libc_free _int_free* tcache_* "
     "unlink_chunk systrim",
     "allocation"},
    {"libjemalloc* libtcmalloc* libmimalloc*", "*", "allocation"},
};

static bool fits_one(const char *name, const char *patterns)
{
    while (*patterns) {
        char pattern[NAME_MOST] = "";
        size_t length = strcspn(patterns, " ");
        if (length < sizeof pattern)
            memcpy(pattern, patterns, length);
        if (!fnmatch(pattern, name, 0))
            return true;
        patterns += length + strspn(patterns + length, " ");
    }
    return false;
}

static const char *find(const char *file, const char *name)
{
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (fits_one(file, rows[i].files) && fits_one(name, rows[i].functions))
            return rows[i].phase;
    return NULL;
}

/* The name is cut before what the compiler appends to that of a variant, as
 * ".constprop.0": symbol tables have it, debug information does not. */
static const char *find_plain(const char *file, const char *name)
{
    char *plain = xasprintf("%.*s", (int)strcspn(name, "."), name);
    const char *phase = find(file, plain);
    free(plain);
    return phase;
}

static bool is_collection(const char *phase)
{
    return !strcmp(phase, "collect") || !strcmp(phase, "mark") ||
           !strcmp(phase, "sweep") || !strcmp(phase, "compact");
}

const char *blame_phase_of(const struct symbol *symbol)
{
    const char *slash = strrchr(symbol->object, '/');
    const char *file = slash ? slash + 1 : symbol->object;
    const char *found = NULL;
    for (unsigned i = 0; i < symbol->name_count; i++) {
        const char *phase = find_plain(file, symbol->names[i]);
        if (phase && is_collection(phase))
            return phase;
        if (!found)
            found = phase;
    }
    return found;
}

const char *blame_phase(const struct blame_site *site)
{
    const char *phase = site->writer ? blame_phase_of(site->writer) : NULL;
    return phase || !site->caller ? phase : blame_phase_of(site->caller);
}
