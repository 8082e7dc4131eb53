/* measurement.c: see measurement.h. */
#include "harness/measurement.h"

#include <stdlib.h>
#include <string.h>

#include "harness/invocation.h"
#include "harness/memory.h"

/* Says each kind of warning once; notes are for the result. */
static void say_warnings(struct measurement *measurement,
                         const json_t *warnings)
{
    const json_t *warning;
    size_t i;
    json_array_foreach(warnings, i, warning)
    {
        const char *code = json_string_value(json_object_get(warning, "code"));
        const char *level =
            json_string_value(json_object_get(warning, "level"));
        if (!strcmp(level, "note") ||
            json_object_get(measurement->warned, code))
            continue;
        json_object_set_new(measurement->warned, code, json_true());
        progress_say(&measurement->progress, "warning: %s (%s)",
                     json_string_value(json_object_get(warning, "detail")),
                     json_string_value(json_object_get(warning, "next")));
    }
}

/* The same work must have the same outcome, whoever does it. */
static void compare(const struct measurement *measurement, size_t cell,
                    struct record *record)
{
    json_t *json = record_json(record);
    struct outcome outcome = outcome_read(json);
    char *detail = store_disagreement(&measurement->store, cell,
                                      record->invocation, &outcome);
    if (detail)
        record_invalid(record, REASON_CHECKSUM_DIFFERS, "%s", detail);
    free(detail);
    outcome_clear(&outcome);
    json_decref(json);
}

/* What the subject itself said last, or NULL: most often it knows best. */
static char *last_words(const struct record *record)
{
    char *words = NULL, *copy = xstrdup(record->output ? record->output : "");
    char *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            words = line;
    words = words ? xstrdup(words) : NULL;
    free(copy);
    return words;
}

/* "valid", or all that a reader of the progress should know of the fault. */
static char *outcome_text(const struct record *record)
{
    if (record->reason == REASON_NONE)
        return xstrdup("valid");
    char *words = last_words(record);
    char *text = xasprintf("invalid: %s: %s%s%s", reason_text(record->reason),
                           record->detail, words ? "; it said: " : "",
                           words ? words : "");
    free(words);
    return text;
}

static int keep(struct measurement *measurement, size_t cell,
                struct record *record, struct error *error)
{
    char *outcome = outcome_text(record);
    json_t *json = record_json(record);
    int status =
        store_put(&measurement->store, cell, record->invocation, json, error);
    progress_end(&measurement->progress, outcome);
    say_warnings(measurement, record->warnings);
    json_decref(json);
    free(outcome);
    return status;
}

enum exit_status measurement_interrupted(const struct measurement *measurement,
                                         struct error *error)
{
    error_set(error, "interrupted; what is finished is in %s",
              measurement->store.directory);
    return EXIT_INTERRUPTED;
}

enum exit_status measurement_make(struct measurement *measurement,
                                  const struct order_item *item,
                                  struct error *error)
{
    const struct experiment *experiment = measurement->store.experiment;
    const struct cell *cell = &experiment->cells[item->cell];
    struct record record;
    enum exit_status status = EXIT_OK;
    record_open(&record, experiment, cell, item->invocation,
                order_seed(experiment, item->invocation));
    record.directory = measurement->store.directory;
    progress_begin(&measurement->progress, cell, item->cell + 1,
                   item->invocation);
    if (invocation_run(&record, &measurement->progress, measurement->interrupt,
                       measurement->load, error) < 0)
        status = EXIT_ENVIRONMENT;
    else if (record.reason == REASON_INTERRUPTED)
        status = measurement_interrupted(measurement, error);
    else {
        if (record.reason == REASON_NONE)
            compare(measurement, item->cell, &record);
        if (keep(measurement, item->cell, &record, error) < 0)
            status = EXIT_ENVIRONMENT;
    }
    record_free(&record);
    return status;
}
