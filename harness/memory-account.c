/* memory-account.c: what the kernel tells of a group; see memory-group.h. */
#include "harness/memory-group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/facts.h"

/* Where a number is: the whole of a file, or what follows a word in it; or why
 * it is nowhere. */
struct row {
    const char *key, *file, *word, *why;
};

#define NOT_FIRST "version 1 of control groups does not tell"

static const struct row first_look[] = {
    {"usage_bytes", "/memory.usage_in_bytes", NULL, NULL},
    {"swap_bytes", "/memory.stat", "swap", NULL},
    {"major_faults", "/memory.stat", "pgmajfault", NULL},
    {"refaulted_pages", "/memory.stat", "workingset_refault_anon", NULL},
};

static const struct row second_look[] = {
    {"usage_bytes", "/memory.current", NULL, NULL},
    {"swap_bytes", "/memory.swap.current", NULL, NULL},
    {"major_faults", "/memory.stat", "pgmajfault", NULL},
    {"refaulted_pages", "/memory.stat", "workingset_refault_anon", NULL},
};

static const struct row first_account[] = {
    {"memory_bytes", "/memory.limit_in_bytes", NULL, NULL},
    {"swap_bytes", "/memory.memsw.limit_in_bytes", NULL, NULL}, /* and memory */
    {"peak_bytes", "/memory.max_usage_in_bytes", NULL, NULL},
    {"swap_peak_bytes", NULL, NULL, NOT_FIRST},
    {"swapped_in_pages", NULL, NULL, NOT_FIRST},
    {"swapped_out_pages", NULL, NULL, NOT_FIRST},
};

static const struct row second_account[] = {
    {"memory_bytes", "/memory.max", NULL, NULL},
    {"swap_bytes", "/memory.swap.max", NULL, NULL},
    {"peak_bytes", "/memory.peak", NULL, NULL},
    {"swap_peak_bytes", "/memory.swap.peak", NULL, NULL},
    {"swapped_in_pages", "/memory.stat", "pswpin", NULL},
    {"swapped_out_pages", "/memory.stat", "pswpout", NULL},
};

static const struct row first_events[] = {
    {"low", NULL, NULL, NOT_FIRST},
    {"high", NULL, NULL, NOT_FIRST},
    {"max", "/memory.failcnt", NULL, NULL},
    {"oom", NULL, NULL, NOT_FIRST},
    {"oom_kill", "/memory.oom_control", "oom_kill", NULL},
    {"oom_group_kill", NULL, NULL, NOT_FIRST},
};

static const struct row second_events[] = {
    {"low", "/memory.events", "low", NULL},
    {"high", "/memory.events", "high", NULL},
    {"max", "/memory.events", "max", NULL},
    {"oom", "/memory.events", "oom", NULL},
    {"oom_kill", "/memory.events", "oom_kill", NULL},
    {"oom_group_kill", "/memory.events", "oom_group_kill", NULL},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void read_rows(const struct facts *facts, const struct row *rows,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        if (!row->file)
            facts_absent(facts, row->key, row->why);
        else if (row->word)
            facts_row(facts, row->key, row->file, row->word);
        else
            facts_number(facts, row->key, row->file);
    }
}

int64_t memory_group_kills(const struct memory_group *group)
{
    struct facts facts = {json_object(), group->directory};
    const struct row *row =
        group->version == 1 ? &first_events[4] : &second_events[4];
    read_rows(&facts, row, 1);
    const json_t *kills = json_object_get(facts.object, row->key);
    int64_t count = json_is_integer(kills) ? json_integer_value(kills) : -1;
    json_decref(facts.object);
    return count;
}

json_t *memory_group_look(const struct memory_group *group)
{
    struct facts facts = {json_object(), group->directory};
    if (group->version == 1)
        read_rows(&facts, first_look, COUNT(first_look));
    else
        read_rows(&facts, second_look, COUNT(second_look));
    return facts.object;
}

/* The first version limits swap and memory together, and where there is to be
 * no swap, by the swappiness. */
static void settle_swap(const struct facts *facts)
{
    const json_t *both = json_object_get(facts->object, "swap_bytes");
    json_int_t memory =
        json_integer_value(json_object_get(facts->object, "memory_bytes"));
    char *swappiness = facts_line(facts, "/memory.swappiness");
    if (swappiness && !strcmp(swappiness, "0"))
        facts_present(facts, "swap_bytes", json_integer(0));
    else if (json_is_integer(both))
        facts_present(facts, "swap_bytes",
                      json_integer(json_integer_value(both) - memory));
    free(swappiness);
}

json_t *memory_group_account(const struct memory_group *group)
{
    json_t *account = memory_group_look(group);
    struct facts facts = {account, group->directory};
    struct facts events = {json_object(), group->directory};
    json_object_set_new(account, "cgroup_version",
                        json_integer(group->version));
    json_object_del(account, "usage_bytes");
    json_object_del(account, "swap_bytes");
    if (group->version == 1) {
        read_rows(&facts, first_account, COUNT(first_account));
        read_rows(&events, first_events, COUNT(first_events));
        settle_swap(&facts);
    } else {
        read_rows(&facts, second_account, COUNT(second_account));
        read_rows(&events, second_events, COUNT(second_events));
    }
    json_object_set_new(account, "events", events.object);
    facts_pressure(&facts, "/memory.pressure");
    return account;
}
