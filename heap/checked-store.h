/* checked-store.h: stores that convict a workload which breaks the rules of
 * workloads/vocabulary.h, and the conviction of one that uses a reference after
 * its object has moved.
 *
 * Each store writes the slot and its shadow; so a slot that differs from its
 * shadow was written by something else.  A conviction is a line on stderr, and
 * the end of the program. */
#ifndef HEAP_CHECKED_STORE_H
#define HEAP_CHECKED_STORE_H

#include "heap/direct.h"
#include "heap/uncounted.h"
#include "heap/window.h"

#include <signal.h>
#include <unistd.h>

static _Noreturn void convict(const char *what)
{
    fprintf(stderr, "check: %s\n", what);
    exit(EXIT_FAILURE);
}

/* The window's regions have nothing else without access, but for what no
 * reference has named yet. */
static void convict_fault(int number, siginfo_t *info, void *context)
{
    static const char words[] =
        "check: a reference to an object that has moved was used: it was not "
        "in a frame\n";
    (void)context;
    if (window_reserves((uintptr_t)info->si_addr) &&
        write(STDERR_FILENO, words, sizeof words - 1) > 0) {
        _exit(EXIT_FAILURE);
    }
    signal(number, SIG_DFL); /* another fault: it happens again */
}

static void convict_faults(void)
{
    struct sigaction action = {.sa_sigaction = convict_fault,
                               .sa_flags = SA_SIGINFO};
    if (sigaction(SIGSEGV, &action, NULL) != 0) {
        convict("nobody: the uses of what has moved cannot be caught");
    }
}

/* The object that ref_init may write; NULL after a collection. */
static const struct object *checked_newest;

static inline __attribute__((always_inline)) void checked_write(ref *slot,
                                                                ref value)
{
    if (!ref_is_null(value) && !window_holds(&window, ref_object(value))) {
        convict("a reference to an object that has moved was stored: it "
                "was not in a frame");
    }
    *slot = value;
    *(ref *)window_shadow_of(slot) = value;
}

static inline __attribute__((always_inline)) void checked_init(ref object)
{
    if (ref_object(object) != checked_newest) {
        convict("ref_init on an object that is not the newest: something "
                "was allocated or collected since it was made");
    }
}

WORD void ref_store(ref object, size_t index, ref value)
{
    checked_write((ref *)ref_object(object)->words + index, value);
}

WORD void ref_init(ref object, size_t index, ref value)
{
    checked_init(object);
    ref_store(object, index, value);
}

WORD void item_store(ref object, size_t index, ref value)
{
    checked_write(object_buffer(ref_object(object))->items + index, value);
}

WORD void item_init(ref object, size_t index, ref value)
{
    checked_init(object);
    item_store(object, index, value);
}

#endif
