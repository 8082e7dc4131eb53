/* limit.c: sets, reads and lifts the limits of an invocation; see limit.h. */
#include "harness/limit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/environment.h"
#include "harness/facts.h"
#include "harness/guard.h"
#include "harness/invocation.h"
#include "harness/memory.h"
#include "harness/swap-file.h"

#define OPTIONAL "; or set memory-optional: true to run without a limit"

/* Of the machine: what swap there is, and what was done with it so far. */
static json_t *read_machine(void)
{
    struct facts facts = {json_object(), ""};
    environment_memory(&facts);
    facts_row(&facts, "swapped_in_pages", "/proc/vmstat", "pswpin");
    facts_row(&facts, "swapped_out_pages", "/proc/vmstat", "pswpout");
    facts_pressure(&facts, "/proc/pressure/memory");
    return facts.object;
}

static int64_t read_swapped_out(void)
{
    struct facts facts = {json_object(), ""};
    facts_row(&facts, "pages", "/proc/vmstat", "pswpout");
    const json_t *pages = json_object_get(facts.object, "pages");
    int64_t count = json_is_integer(pages) ? json_integer_value(pages) : -1;
    json_decref(facts.object);
    return count;
}

/* Before the run. */

/* The directory of results, or the nearest above it that is there. */
static char *existing(const char *directory)
{
    char *path = xstrdup(directory), *slash;
    while (access(path, F_OK) < 0 && (slash = strrchr(path, '/'))) {
        if (slash == path)
            slash++;
        *slash = '\0';
    }
    if (access(path, F_OK) < 0)
        strcpy(path, ".");
    return path;
}

static int try_regime(const struct regime *regime, const char *directory,
                      struct error *error)
{
    struct memory_group group;
    if (memory_group_open(&group, "", regime->memory_bytes, regime->swap_bytes,
                          error) < 0 ||
        memory_group_close(&group, error) < 0)
        return -1;
    return regime->swap_bytes
               ? swap_file_try(directory, regime->swap_bytes, error)
               : 0;
}

static bool same_limits(const struct regime *left, const struct regime *right)
{
    return left->memory_bytes == right->memory_bytes &&
           left->swap_bytes == right->swap_bytes &&
           left->memory_optional == right->memory_optional;
}

int limit_try(const struct experiment *experiment, const char *directory,
              struct error *error)
{
    char *place = existing(directory);
    struct error cause;
    int status = 0;
    memory_group_sweep("");
    swap_file_sweep(place);
    for (size_t i = 0; i < experiment->cell_count && status == 0; i++) {
        const struct cell *cell = &experiment->cells[i];
        if (!cell->regime.memory_bytes || cell->regime.memory_optional ||
            (i > 0 && same_limits(&cell->regime, &cell[-1].regime)))
            continue;
        status = try_regime(&cell->regime, place, &cause);
        if (status < 0)
            error_set(error, "the memory of %s cannot be limited: %s" OPTIONAL,
                      cell->id, cause.text);
    }
    free(place);
    return status;
}

/* An invocation. */

static int set_swap(struct invocation *invocation, struct error *error)
{
    struct limit *limit = &invocation->limit;
    uint64_t bytes = invocation->record->cell->regime.swap_bytes;
    struct error ignored;
    if (!bytes)
        return 0;
    char *path = swap_file_path(invocation->record->directory);
    if (guard_swap(path, error) < 0) {
        free(path);
        return -1;
    }
    if (swap_file_make(path, bytes, error) == 0) {
        limit->swap_path = path;
        return 0;
    }
    guard_forget(path, &ignored);
    free(path);
    return -1;
}

static int set_limits(struct invocation *invocation, struct error *error)
{
    struct limit *limit = &invocation->limit;
    const struct regime *regime = &invocation->record->cell->regime;
    struct error ignored;
    if (memory_group_open(&limit->group, "", regime->memory_bytes,
                          regime->swap_bytes, error) < 0)
        return -1;
    if (guard_cgroup(limit->group.directory, error) == 0) {
        if (set_swap(invocation, error) == 0)
            return 0;
        guard_forget(limit->group.directory, &ignored);
    }
    memory_group_close(&limit->group, &ignored);
    return -1;
}

int limit_begin(struct invocation *invocation)
{
    struct record *record = invocation->record;
    struct error error;
    invocation->limit = (struct limit){.swapped_out = read_swapped_out()};
    if (!record->cell->regime.memory_bytes)
        return 0;
    json_t *machine = read_machine();
    if (set_limits(invocation, &error) == 0) {
        invocation->limit.machine = machine;
        record->looks = json_array();
        return 0;
    }
    json_decref(machine);
    record->limits_why = xstrdup(error.text);
    if (record->cell->regime.memory_optional)
        record_warn(record, "no-memory-limit",
                    "compare this with no result that had the limit", "%s",
                    error.text);
    else
        record_invalid(record, REASON_START_FAILED,
                       "the memory cannot be limited: %s", error.text);
    return record->cell->regime.memory_optional ? 0 : -1;
}

void limit_look(struct invocation *invocation, enum moment moment)
{
    struct record *record = invocation->record;
    if (!invocation->limit.group.directory)
        return;
    json_t *look = memory_group_look(&invocation->limit.group);
    json_object_set_new(
        look, "t_ns",
        json_integer((json_int_t)(clock_now() - record->fork_at)));
    json_object_set_new(look, "requests",
                        json_integer((json_int_t)invocation->served));
    json_object_set_new(look, "burst", json_integer(invocation->burst));
    json_object_set_new(look, "moment", json_string(moment_text(moment)));
    json_array_append_new(record->looks, look);
}

bool limit_out_of_memory(const struct invocation *invocation)
{
    const struct memory_group *group = &invocation->limit.group;
    int64_t kills = group->directory ? memory_group_kills(group) : -1;
    return kills < 0 ? supervision_out_of_memory(&invocation->supervision)
                     : kills > 0;
}

bool limit_swapped(const struct invocation *invocation)
{
    return invocation->limit.swapped_out >= 0 &&
           read_swapped_out() > invocation->limit.swapped_out;
}

/* Copies a number, or null and why, to a key of another name. */
static void put_fact(json_t *out, const char *to, const json_t *facts,
                     const char *from)
{
    struct facts target = {out, ""};
    char why_key[64];
    json_t *value = json_object_get(facts, from);
    snprintf(why_key, sizeof why_key, "%s_why", from);
    if (json_is_integer(value))
        json_object_set(out, to, value);
    else
        facts_absent(&target, to,
                     json_string_value(json_object_get(facts, why_key)));
}

/* What the machine did meanwhile, whoever asked for it. */
static json_t *machine_account(const json_t *before)
{
    static const char *const counts[] = {
        "swapped_in_pages", "swapped_out_pages", "pressure_some_ns",
        "pressure_full_ns"};
    json_t *account = json_object(), *after = read_machine();
    put_fact(account, "swap_total_before_bytes", before, "swap_total_bytes");
    put_fact(account, "swap_total_after_bytes", after, "swap_total_bytes");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const json_t *from = json_object_get(before, counts[i]);
        put_fact(account, counts[i], after, counts[i]);
        json_t *grown = json_object_get(account, counts[i]);
        if (json_is_integer(grown))
            json_integer_set(grown, json_integer_value(grown) -
                                        json_integer_value(from));
    }
    json_decref(after);
    return account;
}

static int remove_swap(struct limit *limit, struct error *error)
{
    struct error ignored;
    int status = 0;
    if (limit->swap_path) {
        status = swap_file_remove(limit->swap_path, error);
        if (status == 0) /* else the guard tries again */
            guard_forget(limit->swap_path, &ignored);
        free(limit->swap_path);
        limit->swap_path = NULL;
    }
    return status;
}

static int remove_group(struct limit *limit, struct error *error)
{
    struct error ignored;
    char *directory = xstrdup(limit->group.directory);
    int status = memory_group_close(&limit->group, error);
    if (status == 0)
        guard_forget(directory, &ignored);
    free(directory);
    return status;
}

int limit_end(struct invocation *invocation, struct error *error)
{
    struct limit *limit = &invocation->limit;
    struct record *record = invocation->record;
    if (!limit->group.directory)
        return 0;
    record->limits = memory_group_account(&limit->group);
    json_object_set_new(record->limits, "looks", record->looks);
    record->looks = NULL;
    int group = remove_group(limit, error);
    int swap = remove_swap(limit, error);
    json_object_set_new(record->limits, "machine",
                        machine_account(limit->machine));
    json_decref(limit->machine);
    limit->machine = NULL;
    return group < 0 || swap < 0 ? -1 : 0;
}
