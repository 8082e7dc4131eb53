/* record-json.c: a record as a result, key by key as in
 * results/schema/result.json.  What was not measured is null, and KEY_why says
 * why. */
#include "config.h"

#include "harness/build.h"
#include "harness/cell-json.h"
#include "harness/commit.h"
#include "harness/memory.h"
#include "harness/program.h"
#include "harness/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_REACHED "the invocation ended before this was measured"

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* Sets a key to the value, or to null with the reason when there is none. */
static void set(json_t *object, const char *key, json_t *value, const char *why)
{
    json_object_set_new(object, key, value ? value : json_null());
    if (value)
        return;
    char *why_key = xasprintf("%s_why", key);
    json_object_set_new(object, why_key, json_string(why));
    free(why_key);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : NULL;
}

static json_t *experiment_json(const struct experiment *experiment)
{
    return json_pack("{s:s, s:s, s:s, s:I}", "name", experiment->name, "path",
                     experiment->path, "hash", experiment->hash, "seed",
                     (json_int_t)experiment->seed);
}

static json_t *subject_json(const struct record *record)
{
    const struct subject *subject = record->cell->subject;
    size_t count = 0;
    while (subject->command[count])
        count++;
    json_t *object = json_pack(
        "{s:o, s:s, s:b}", "command", cell_words(subject->command, count),
        "version", subject->version, "collector", subject->collector);
    json_object_set_new(object, "build", build_json(subject));
    set(object, "program_hash", text_or_null(record->program_hash),
        "the program could not be read");
    return object;
}

static void set_totals(json_t *object, const struct smaps_totals *totals)
{
    const struct {
        const char *key;
        uint64_t bytes;
    } rows[] = {
        {"rss_bytes", totals->rss},
        {"pss_bytes", totals->pss},
        {"uss_bytes", smaps_uss(totals)},
        {"shared_clean_bytes", totals->shared_clean},
        {"shared_dirty_bytes", totals->shared_dirty},
        {"private_clean_bytes", totals->private_clean},
        {"private_dirty_bytes", totals->private_dirty},
        {"anonymous_bytes", totals->anonymous},
        {"anon_huge_bytes", totals->anon_huge},
        {"swap_bytes", totals->swap},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        json_object_set_new(object, rows[i].key, number(rows[i].bytes));
}

static json_t *prepare_json(const struct record *record)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < record->prepare_count; i++)
        json_array_append_new(
            steps, json_pack("{s:s, s:I}", "step", record->cell->prepare[i],
                             "ns", (json_int_t)record->prepare_ns[i]));
    return steps;
}

static json_t *template_json(const struct record *record)
{
    json_t *object = json_object(), *memory = NULL;
    if (record->template_memory_known)
        set_totals(memory = json_object(), &record->template_memory);
    set(object, "pid",
        record->template_pid ? number((uint64_t)record->template_pid) : NULL,
        NOT_REACHED);
    set(object, "load_ns", record->loaded ? number(record->load_ns) : NULL,
        NOT_REACHED);
    json_object_set_new(object, "prepare", prepare_json(record));
    set(object, "fork_ns", record->fork_timed ? number(record->fork_ns) : NULL,
        record->forked ? "the server does not tell" : NOT_REACHED);
    set(object, "layout", json_incref(record->layout),
        record->forked ? "the subject does not tell its layout" : NOT_REACHED);
    set(object, "graph_checksum", text_or_null(record->graph), NOT_REACHED);
    set(object, "memory", memory, NOT_REACHED);
    set(object, "written_pages",
        record->template_written_known ? number(record->template_written)
                                       : NULL,
        record->inherited && !record->frames_known
            ? "page frames are visible to root alone"
            : NOT_REACHED);
    return object;
}

static json_t *regions_json(const struct record *record)
{
    json_t *regions = json_array();
    for (size_t i = 0; i < record->region_count; i++) {
        const struct region *region = &record->regions[i];
        json_array_append_new(
            regions,
            json_pack("{s:s, s:s, s:I, s:I}", "name", region->name, "role",
                      region->role == REGION_OBJECTS ? "objects" : "side",
                      "start", (json_int_t)region->start, "end",
                      (json_int_t)region->end));
    }
    return regions;
}

/* The name of the i-th region, or of the rest. */
static const char *region_name(const struct record *record, size_t i)
{
    return i < record->region_count ? record->regions[i].name : "other";
}

static json_t *inherited_json(const struct record *record)
{
    if (!record->inherited)
        return NULL;
    uint64_t total = 0;
    json_t *by_region = json_object();
    for (size_t i = 0; i <= record->region_count; i++) {
        total += record->inherited[i];
        json_object_set_new(by_region, region_name(record, i),
                            number(record->inherited[i]));
    }
    return json_pack("{s:I, s:b, s:o, s:O*}", "pages", (json_int_t)total,
                     "frames_known", record->frames_known, "by_region",
                     by_region, "page_map", record->inherited_map);
}

static json_t *page_counts_json(const struct record *record,
                                const struct page_counts *counts)
{
    json_t *object = json_pack(
        "{s:I, s:I, s:I, s:I, s:I}", "shared", (json_int_t)counts->shared,
        "broken", (json_int_t)counts->broken, "swapped",
        (json_int_t)counts->swapped, "gone", (json_int_t)counts->gone, "new",
        (json_int_t)counts->new_pages);
    set(object, "moved", record->frames_known ? number(counts->moved) : NULL,
        "page frames are visible to root alone");
    return object;
}

static json_t *pages_json(const struct record *record,
                          const struct page_counts *pages)
{
    json_t *object = json_object();
    struct page_counts total = page_counts_sum(pages, record->region_count + 1);
    for (size_t i = 0; i <= record->region_count; i++)
        json_object_set_new(object, region_name(record, i),
                            page_counts_json(record, &pages[i]));
    json_object_set_new(object, "total", page_counts_json(record, &total));
    return object;
}

static json_t *sample_json(const struct record *record,
                           const struct record_sample *sample)
{
    json_t *object =
        json_pack("{s:I, s:I, s:I, s:i, s:s}", "t_ns",
                  (json_int_t)(sample->sample.time_ns - record->fork_at),
                  "cost_ns", (json_int_t)sample->sample.cost_ns, "requests",
                  (json_int_t)sample->requests, "burst", (int)sample->burst,
                  "moment", moment_text(sample->moment));
    if (sample->after_death)
        json_object_set_new(object, "after_death", json_true());
    set_totals(object, &sample->sample.totals);
    json_object_set_new(object, "minor_faults",
                        number(sample->sample.faults.minor));
    json_object_set_new(object, "major_faults",
                        number(sample->sample.faults.major));
    json_object_set_new(object, "lone_file_pages",
                        number(sample->sample.lone_file_pages));
    json_object_set_new(object, "pages",
                        pages_json(record, sample->sample.pages));
    if (sample->page_changes)
        json_object_set(object, "page_changes", sample->page_changes);
    return object;
}

static json_t *collections_json(const struct record *record,
                                const struct record_worker *worker)
{
    json_t *array = json_array();
    for (size_t i = 0; i < worker->collection_count; i++) {
        const struct record_collection *collection = &worker->collections[i];
        json_array_append_new(
            array,
            json_pack("{s:s, s:I, s:I, s:s, s:I}", "kind",
                      collection->full ? "full" : "minor", "start_ns",
                      (json_int_t)(collection->start_ns - record->fork_at),
                      "ns", (json_int_t)collection->ns, "why",
                      collection->asked ? "asked" : "threshold", "requests",
                      (json_int_t)collection->requests));
    }
    return array;
}

static json_t *first_full_json(const struct record_worker *worker)
{
    for (size_t i = 0; i < worker->collection_count; i++)
        if (worker->collections[i].full)
            return number(worker->collections[i].ns);
    return NULL;
}

static json_t *counters_json(const struct record *record,
                             const struct record_worker *worker)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->experiment->counter_count; i++) {
        const struct record_counter *counter = &worker->counters[i];
        json_t *value = NULL;
        if (counter->read)
            value =
                json_pack("{s:I, s:I, s:I, s:b, s:b}", "raw",
                          (json_int_t)counter->value.raw, "enabled_ns",
                          (json_int_t)counter->value.enabled_ns, "running_ns",
                          (json_int_t)counter->value.running_ns, "user_counted",
                          counter->counter.user_counted, "kernel_counted",
                          counter->counter.kernel_counted);
        set(object, record->experiment->counters[i], value,
            *counter->counter.why ? counter->counter.why : NOT_REACHED);
    }
    return object;
}

static json_t *worker_json(const struct record *record, unsigned index)
{
    const struct record_worker *worker = &record->workers[index];
    json_t *object = json_pack("{s:i}", "index", (int)index);
    json_t *samples = json_array();
    for (size_t i = 0; i < worker->sample_count; i++)
        json_array_append_new(samples,
                              sample_json(record, &worker->samples[i]));
    set(object, "pid", worker->pid ? number((uint64_t)worker->pid) : NULL,
        NOT_REACHED);
    json_object_set_new(object, "samples", samples);
    json_object_set_new(object, "collections",
                        collections_json(record, worker));
    json_object_set_new(object, "collections_unlisted",
                        number(worker->collections_unlisted));
    set(object, "first_full_collection_ns", first_full_json(worker),
        "no full collection began");
    latency_put(object, &worker->latency);
    json_object_set_new(object, "counters", counters_json(record, worker));
    set(object, "stats", json_incref(worker->stats), NOT_REACHED);
    if (record->cell->regime.blame) {
        set(object, "floor", json_incref(worker->floor),
            worker->floor_why ? worker->floor_why
            : record->blame   ? "bytes were not compared: see blame.sources"
                              : NOT_REACHED);
        set(object, "page_map", json_incref(worker->page_map), NOT_REACHED);
        set(object, "page_writers", json_incref(worker->page_writers),
            NOT_REACHED);
    }
    set(object, "graph_checksum", text_or_null(worker->graph),
        *worker->replies ? "a server's worker cannot be asked for it"
                         : NOT_REACHED);
    set(object, "reply_checksum", text_or_null(worker->replies), NOT_REACHED);
    return object;
}

static json_t *bursts_json(const struct record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->burst_count; i++)
        json_array_append_new(
            array, json_pack("{s:i, s:I, s:I}", "burst", (int)i + 1, "requests",
                             (json_int_t)record->bursts[i].requests, "ns",
                             (json_int_t)record->bursts[i].ns));
    return array;
}

static json_t *sampling_json(const struct record *record)
{
    uint64_t both = record->sampling_ns + record->serving_ns;
    json_t *object =
        json_pack("{s:I, s:I}", "samples", (json_int_t)record->samples, "ns",
                  (json_int_t)record->sampling_ns);
    set(object, "share",
        both ? json_real((double)record->sampling_ns / (double)both) : NULL,
        NOT_REACHED);
    return object;
}

static json_t *supervisor_json(const struct record *record)
{
    json_t *object = json_object();
    set(object, "ns", record->wall_ns ? number(record->supervisor_ns) : NULL,
        NOT_REACHED);
    set(object, "serving_ns",
        record->serving_ns ? number(record->supervisor_serving_ns) : NULL,
        NOT_REACHED);
    set(object, "serving_share",
        record->serving_ns ? json_real((double)record->supervisor_serving_ns /
                                       (double)record->serving_ns)
                           : NULL,
        NOT_REACHED);
    return object;
}

/* The code that made the result. */
static json_t *code_json(void)
{
    json_t *code = json_pack("{s:s}", "version", PACKAGE_VERSION);
    set(code, "program_hash", text_or_null(program_own_hash()),
        "it could not be read");
    set(code, "commit", *COWLAB_COMMIT ? json_string(COWLAB_COMMIT) : NULL,
        "it was not built in a git checkout");
    return code;
}

json_t *record_json(const struct record *record)
{
    bool valid = record->reason == REASON_NONE;
    json_t *result =
        json_pack("{s:i, s:o}", "schema", 1, "cowlab", code_json());
    json_t *workers = json_array();
    for (unsigned i = 0; i < record->cell->workers; i++)
        json_array_append_new(workers, worker_json(record, i));
    json_object_set_new(result, "experiment",
                        experiment_json(record->experiment));
    json_object_set_new(result, "cell", cell_json(record->cell));
    json_object_set_new(result, "invocation", number(record->invocation));
    json_object_set_new(result, "seed", number(record->seed));
    json_object_set_new(result, "started_at", json_string(record->started_at));
    set(result, "wall_ns", record->wall_ns ? number(record->wall_ns) : NULL,
        NOT_REACHED);
    json_object_set_new(result, "status",
                        json_string(valid ? "valid" : "invalid"));
    json_object_set_new(result, "reason",
                        valid ? json_null()
                              : json_string(reason_text(record->reason)));
    json_object_set_new(result, "detail",
                        valid ? json_null() : json_string(record->detail));
    set(result, "output", text_or_null(record->output),
        "the subject wrote nothing");
    json_object_set_new(result, "subject", subject_json(record));
    set(result, "environment", json_incref(record->environment), NOT_REACHED);
    json_object_set_new(result, "template", template_json(record));
    json_object_set_new(result, "regions", regions_json(record));
    set(result, "inherited", inherited_json(record), NOT_REACHED);
    json_object_set_new(result, "workers", workers);
    json_object_set_new(result, "bursts", bursts_json(record));
    json_object_set_new(result, "sampling", sampling_json(record));
    json_object_set_new(result, "supervisor", supervisor_json(record));
    set(result, "blame", json_incref(record->blame),
        record->cell->regime.blame ? NOT_REACHED
                                   : "the experiment did not ask for it");
    set(result, "limits", json_incref(record->limits),
        record->limits_why ? record->limits_why
                           : "the experiment sets no limit");
    json_object_set(result, "warnings", record->warnings);
    return result;
}
