/* blame-json.c: the report as one JSON object: all rows, numbers in base units,
 * null where something was not measured. */
#include <jansson.h>
#include <stdlib.h>

#include "harness/blame.h"

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* A number that faults alone tell. */
static json_t *told(const struct account *account, uint64_t value)
{
    return account->untraced[0] ? json_null() : number(value);
}

static json_t *text_or_null(const char *text)
{
    json_t *value = text && text[0] ? json_string(text) : NULL;
    /* A name that is not UTF-8 is no JSON. */
    return value ? value : json_null();
}

/* Frames are visible in all processes or in none, but only where something was
 * found is it known which. */
static json_t *process_json(const struct account *account,
                            const struct account_process *process)
{
    json_t *object = json_object();
    json_object_set_new(object, "shared", number(process->shared));
    json_object_set_new(object, "broken", told(account, process->broken));
    json_object_set_new(object, "unverified",
                        told(account, process->unverified));
    json_object_set_new(object, "copy_not_known",
                        told(account, process->unframed));
    json_object_set_new(object, "written_in_place",
                        told(account, process->kept));
    json_object_set_new(object, "unbroken", told(account, process->unbroken));
    json_object_set_new(object, "new", told(account, process->fresh));
    json_object_set_new(object, "other_faults", told(account, process->other));
    json_t *unseen = json_object();
    json_object_set_new(unseen, "copied", number(process->copied));
    json_object_set_new(unseen, "left_alone", number(process->left_alone));
    json_object_set_new(unseen, "copied_or_left_alone",
                        number(process->exclusive));
    json_object_set_new(unseen, "new", number(process->untold));
    json_object_set_new(object, "writer_not_seen", unseen);
    return object;
}

static json_t *processes_json(const struct account *account)
{
    json_t *array = json_array();
    for (size_t i = 0; i < account->process_count; i++) {
        const struct account_process *process = account->processes[i];
        json_t *object = process_json(account, process);
        json_object_set_new(object, "pid", number((uint64_t)process->pid));
        json_object_set_new(object, "parent",
                            number((uint64_t)process->parent));
        json_object_set_new(object, "command", text_or_null(process->command));
        json_object_set_new(object, "forked_meanwhile",
                            json_boolean(process->forked));
        json_object_set_new(
            object, "ended",
            json_boolean(!process->compared && !process->uncompared));
        if (!process->compared)
            json_object_set_new(object, "writer_not_seen", json_null());
        json_array_append_new(array, object);
    }
    return array;
}

/* Where the code of a symbol is, which may be NULL: not known. */
static void set_place(json_t *object, const struct symbol *symbol)
{
    json_object_set_new(object, "file",
                        text_or_null(symbol ? symbol->file : NULL));
    json_object_set_new(object, "line",
                        symbol && symbol->file ? json_integer(symbol->line)
                                               : json_null());
    json_object_set_new(object, "object",
                        text_or_null(symbol ? symbol->object : NULL));
    json_object_set_new(object, "offset",
                        symbol ? number(symbol->offset) : json_null());
    json_t *names = json_array();
    for (unsigned i = 0; symbol && i < symbol->name_count; i++)
        json_array_append_new(names, text_or_null(symbol->names[i]));
    json_object_set_new(object, "names", names);
}

static json_t *caller_json(const struct symbol *caller)
{
    if (!caller)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "function", text_or_null(caller->names[0]));
    set_place(object, caller);
    return object;
}

static json_t *function_json(const struct account *account,
                             const struct tally_row *row)
{
    const struct blame_function *function = row->key;
    struct blame_site site = blame_example(row);
    json_t *object = json_object();
    json_object_set_new(object, "broken", told(account, row->broken));
    json_object_set_new(object, "new", told(account, row->fresh));
    json_object_set_new(object, "function", text_or_null(function->function));
    json_object_set_new(object, "inlined_into", text_or_null(function->inside));
    json_object_set_new(object, "in_kernel", json_boolean(function->in_kernel));
    set_place(object, site.writer);
    json_object_set_new(object, "caller", caller_json(site.caller));
    json_object_set_new(object, "inferred_phase",
                        text_or_null(function->phase));
    return object;
}

static json_t *phase_json(const struct account *account,
                          const struct tally_row *row)
{
    json_t *object = json_object();
    json_object_set_new(object, "broken", told(account, row->broken));
    json_object_set_new(object, "new", told(account, row->fresh));
    json_object_set_new(object, "phase", text_or_null(row->key));
    return object;
}

static json_t *mapping_json(const struct account *account,
                            const struct tally_row *row)
{
    const struct account_mapping *mapping = row->key;
    json_t *object = json_object();
    json_object_set_new(object, "broken", told(account, row->broken));
    json_object_set_new(object, "writer_not_seen", number(row->unseen));
    json_object_set_new(object, "new", told(account, row->fresh));
    json_object_set_new(object, "start", number(mapping->start));
    json_object_set_new(object, "end", number(mapping->end));
    json_object_set_new(object, "name", text_or_null(mapping->name));
    return object;
}

typedef json_t *row_maker(const struct account *account,
                          const struct tally_row *row);

static json_t *rows_json(const struct account *account,
                         const struct tally *tally, row_maker *row_json)
{
    json_t *array = json_array();
    struct tally_row **rows = tally_sorted(tally);
    for (size_t i = 0; i < tally->count; i++)
        json_array_append_new(array, row_json(account, rows[i]));
    free(rows);
    return array;
}

static json_t *faults_json(const struct account *account)
{
    const struct fault_trace_facts *facts = fault_trace_facts(account->trace);
    const struct fault_trace_counts *counts = &account->counts;
    json_t *object = json_object();
    json_object_set_new(object, "source", json_string("perf_event_open"));
    json_object_set_new(object, "kernel_mode",
                        json_boolean(facts->kernel_counted));
    json_object_set_new(object, "kernel_mode_why",
                        text_or_null(facts->kernel_why));
    json_object_set_new(object, "rings", number(facts->rings));
    json_object_set_new(object, "ring_bytes", number(facts->ring_bytes));
    json_object_set_new(object, "counted", number(counts->counted));
    json_object_set_new(object, "delivered", number(counts->delivered));
    json_object_set_new(object, "lost", number(counts->missing));
    json_object_set_new(object, "lost_records", number(counts->lost_records));
    return object;
}

static json_t *gaps_json(const struct blame *blame)
{
    json_t *array = json_array();
    char **gaps = blame_gaps(blame);
    for (size_t i = 0; gaps[i]; i++) {
        json_array_append_new(array, text_or_null(gaps[i]));
        free(gaps[i]);
    }
    free(gaps);
    return array;
}

void blame_print_json(const struct blame *blame, FILE *stream)
{
    const struct account *account = blame->account;
    json_t *object = json_object();
    json_object_set_new(object, "pid", number((uint64_t)account->root));
    json_object_set_new(object, "watched_ns",
                        number(account->end_ns - account->start_ns));
    json_object_set_new(object, "until",
                        json_string(blame_end_texts[blame->end]));
    if (account->untraced[0])
        json_object_set_new(object, "faults_why",
                            json_string(account->untraced));
    json_object_set_new(object, "faults",
                        account->untraced[0] ? json_null()
                                             : faults_json(account));
    json_object_set_new(object, "names_from", json_string(symbols_source()));
    json_object_set_new(object, "total", process_json(account, &blame->total));
    json_object_set_new(object, "processes", processes_json(account));
    json_object_set_new(object, "functions",
                        rows_json(account, &blame->functions, function_json));
    json_object_set_new(object, "inferred_phases",
                        rows_json(account, &blame->phases, phase_json));
    json_object_set_new(object, "mappings",
                        rows_json(account, &blame->mappings, mapping_json));
    json_object_set_new(object, "not_seen", gaps_json(blame));
    json_dumpf(object, stream, JSON_INDENT(2));
    fputc('\n', stream);
    json_decref(object);
}
