/* keys.h: every key of an experiment file, told once: the readers refuse all
 * others, and `cowlab show experiment` prints these.
 *
 * A list of keys takes what is to be made of each row:
 *
 *   INTEGER(name, member, default, minimum, maximum, unit, meaning)
 *                        a whole number, and the member of the struct that
 *                        holds it; a size, whose unit is bytes, may be written
 *                        as 64 KiB or 1 GiB
 *   BOOLEAN(name, member, meaning)   false by default
 *   OTHER(name, type, default, range, unit, meaning)
 *
 * Any option or parameter of a subject or workload may be given as a list: it
 * becomes an axis of the product. */
#ifndef HARNESS_KEYS_H
#define HARNESS_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/error.h"
#include "harness/yaml.h"

#define NAME_MAX_BYTES  64
#define COUNTERS_MAX    64
#define STEPS_MAX       64
#define CELLS_MAX       4096 /* more would run for days: a slip of the pen */
#define PUBLISHED_MAX   256
#define WORKERS_DEFAULT 4
#define WORKERS_MAX     1000
#define RATE_MAX        1000000
#define SAMPLE_DEFAULT  1, 2, 3, 5, 10, 20, 50, 100
#define SAMPLE_MAX      1000000000

#define KEYS_QUOTE(...) #__VA_ARGS__
#define KEYS_TEXT(...)  KEYS_QUOTE(__VA_ARGS__)

/* At the top of the file, beside the keys of a regime; of struct experiment. */
#define EXPERIMENT_KEYS(INTEGER, OTHER)                                        \
    OTHER("experiment", "name", "required",                                    \
          "letters, digits, - and _, at most " KEYS_TEXT(NAME_MAX_BYTES), "",  \
          "names the experiment, and its directory: results/NAME")             \
    OTHER("about", "text", "\"\"", "", "", "what it is to show")               \
    INTEGER("seed", seed, 1, 0, 9223372036854775807, "",                       \
            "what the seeds of all invocations and the order of the run are "  \
            "made of")                                                         \
    INTEGER("invocations", invocations, 1, 1, 1000, "",                        \
            "how often each cell is measured, in fresh processes")             \
    OTHER("counters", "list of names", "[]",                                   \
          "at most " KEYS_TEXT(COUNTERS_MAX), "",                              \
          "events to count in each worker, in all its threads, from the fork " \
          "to its last request, by libpfm4's names (cowlab list counters)")    \
    OTHER("matrix", "mapping", "required",                                     \
          "at most " KEYS_TEXT(CELLS_MAX) " cells", "",                        \
          "the factors, of which every combination is a cell")                 \
    OTHER("include", "list of mappings", "[]",                                 \
          "keys of a matrix and of how a cell is run", "",                     \
          "more products of cells; factors that are not given are the "        \
          "matrix's")                                                          \
    OTHER("exclude", "list of selections", "[]", "KEY=VALUE,KEY=VALUE", "",    \
          "cells that are left out, as in 'subject=nogc,workers=8'")           \
    OTHER("override", "list of mappings", "[]",                                \
          "only, and keys of how a cell is run", "",                           \
          "how some of the cells are run; later ones are taken upon "          \
          "earlier ones")                                                      \
    OTHER("published", "list of mappings", "[]",                               \
          "at most " KEYS_TEXT(PUBLISHED_MAX), "",                             \
          "numbers that others published, which are shown beside ours")        \
    OTHER("extends", "file", "none", "beside this file", "",                   \
          "what is not said here is said there; a matrix is put together "     \
          "factor by factor")

/* At the top of the file, for all cells, and in the items of include and
 * override, for some; of struct regime. */
#define REGIME_KEYS(INTEGER, BOOLEAN, OTHER)                                   \
    INTEGER("timeout", timeout_s, 60, 1, 86400, "seconds",                     \
            "the most that one answer may take")                               \
    INTEGER("time-limit", time_limit_s, 0, 0, 864000, "seconds",               \
            "the most that a whole invocation may take, or it is invalid; 0: " \
            "no limit")                                                        \
    INTEGER("collections-first", collections_first, 0, 0, 100, "",             \
            "full collections asked of each idle worker before its first "     \
            "request")                                                         \
    INTEGER("bursts", bursts, 10, 0, 1000000, "",                              \
            "how often requests are sent and memory is looked at after them")  \
    INTEGER("requests-per-burst", requests_per_burst, 100, 1, 1000000, "",     \
            "of all workers together, dealt to them in turn: a multiple of "   \
            "their number")                                                    \
    OTHER("arrivals", "word or mapping", "closed",                             \
          "closed, {constant: RATE} or {poisson: RATE}, RATE 1.." KEYS_TEXT(   \
              RATE_MAX),                                                       \
          "requests per second",                                               \
          "closed: a worker is sent a request when it has answered the last "  \
          "one; else each is due at a time of its own (harness/arrivals.h), "  \
          "RATE of them a second, of all workers together; a schedule ends, "  \
          "and its queue is served, at the end of a burst, at each sample, "   \
          "and after 4096 requests of each worker")                            \
    OTHER("sample", "list of integers", "[" KEYS_TEXT(SAMPLE_DEFAULT) "]",     \
          "1.." KEYS_TEXT(SAMPLE_MAX), "",                                     \
          "the requests of each worker after which its memory is looked at, "  \
          "ascending; after every burst it is in any case; [] for arrivals "   \
          "that are not closed, whose schedule each of them breaks off")       \
    BOOLEAN("blame", blame,                                                    \
            "put each broken page to account: who wrote it first")             \
    OTHER("blame-sources", "list of names", "[faults, phases, bytes]",         \
          "faults, phases, bytes, writes", "",                                 \
          "with blame: what is looked at for that; writes, too: which later "  \
          "phases wrote each broken page")                                     \
    INTEGER("memory", memory_bytes, 0, 0, 1125899906842624, "bytes",           \
            "the most that template and workers may have together, in a "      \
            "control group of their own, at least 1 MiB; 0: no limit")         \
    INTEGER("swap", swap_bytes, 0, 0, 1125899906842624, "bytes",               \
            "with memory: and this much swap beside it, at least 1 MiB, in a " \
            "file that each invocation makes and removes; 0: none")            \
    BOOLEAN(                                                                   \
        "memory-optional", memory_optional,                                    \
        "with memory: where the limit cannot be set run without, and warn")

/* In `matrix` and in an item of `include`. */
#define MATRIX_KEYS(OTHER)                                                     \
    OTHER("subject", "list of subjects", "required", "", "",                   \
          "collectors and runtimes: names, or mappings")                       \
    OTHER("workload", "list of workloads", "required", "", "",                 \
          "names, or mappings")                                                \
    OTHER("workers", "list of integers", "[" KEYS_TEXT(WORKERS_DEFAULT) "]",   \
          "1.." KEYS_TEXT(WORKERS_MAX), "", "processes that are forked")

#define SUBJECT_KEYS(OTHER)                                                    \
    OTHER("name", "name", "required", "", "",                                  \
          "of a subject (cowlab list subjects); collectors stands for every "  \
          "collector that no other item names")                                \
    OTHER("label", "text", "the name and what is set", "", "",                 \
          "what tables and figures call it; what differs in the label alone "  \
          "is measured twice")                                                 \
    OTHER("prepare", "list of steps", "[]", "at most " KEYS_TEXT(STEPS_MAX),   \
          "", "what the template does before the fork, in this order")         \
    OTHER("optional", "boolean", "false", "", "",                              \
          "a runtime that cannot run here is left out, not refused")           \
    OTHER("except", "list of names", "[]", "", "",                             \
          "collectors that collectors does not stand for")

#define WORKLOAD_KEYS(OTHER)                                                   \
    OTHER("name", "name", "required", "", "",                                  \
          "of a workload (cowlab list workloads)")                             \
    OTHER("label", "text", "the name and what is set", "", "",                 \
          "what tables and figures call it")

/* In an item of `override`, beside the keys of a regime. */
#define OVERRIDE_KEYS(OTHER)                                                   \
    OTHER("only", "selection", "required", "KEY=VALUE,KEY=VALUE", "",          \
          "the cells that are meant, as in 'subject=nogc,workers=8'")

/* In an item of `published`. */
#define PUBLISHED_KEYS(OTHER)                                                  \
    OTHER("what", "text", "required", "", "",                                  \
          "what the number is of, in the words of who published it")           \
    OTHER("source", "text", "required", "", "",                                \
          "where it stands, and how the value follows from what stands there") \
    OTHER("only", "selection", "required", "KEY=VALUE,KEY=VALUE", "",          \
          "the one cell that it is held against")                              \
    OTHER("against", "selection", "none", "KEY=VALUE,KEY=VALUE", "",           \
          "the one cell of which the value is a multiple: 0.615 for 38.5 % "   \
          "less")                                                              \
    OTHER("measure", "name", "required", "", "",                               \
          "what was measured, as `cowlab compare --json` calls it: "           \
          "broken_share, private_bytes ...")                                   \
    OTHER("value", "number", "required", "", "that of the tables",             \
          "what was published: percent for a share, MiB for bytes, ms for "    \
          "ns; with against, a multiple")                                      \
    OTHER("within", "number", "0", "0 and more, below the value", "as value",  \
          "how far our interval may be from the value and still reproduce it") \
    OTHER(                                                                     \
        "within-percent", "number", "none", "0 and more, below 100",           \
        "% of the value",                                                      \
        "the same in percent of the value, for small ones: 25 for a quarter")

/* A row as its name, for lists of known keys. */
#define KEY_NAME(NAME, ...) NAME,

/* The number of an INTEGER row, if it is there; else it stays as it is. */
int key_integer(struct node node, const char *name, int64_t minimum,
                int64_t maximum, const char *unit, int64_t *number,
                struct error *error);

struct key {
    const char *name, *type;
    const char *value;        /* the default, as one would write it; "required"
                               * and "none" if there is none */
    const char *range;        /* "": whatever the type allows */
    int64_t minimum, maximum; /* of an integer */
    const char *unit, *meaning;
};

struct key_group {
    const char *name;
    const char *where; /* these keys stand */
    const struct key *keys;
    size_t count;
};

enum { KEY_GROUPS = 7 };
extern const struct key_group key_groups[KEY_GROUPS];

#endif
