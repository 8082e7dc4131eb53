/* event-pfm.c: libpfm4's tables. */
#include "smaps/event.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int encode(const char *name, struct event *event)
{
    struct perf_event_attr attributes = {0};
    pfm_perf_encode_arg_t argument = {
        .attr = &attributes,
        .size = sizeof argument,
    };

    int result = pfm_initialize(); /* more than once does no harm */
    if (result == PFM_SUCCESS)
        result = pfm_get_os_event_encoding(name, PFM_PLM3 | PFM_PLM0,
                                           PFM_OS_PERF_EVENT_EXT, &argument);
    *event = (struct event){
        .type = attributes.type,
        .config = attributes.config,
        .config1 = attributes.config1,
        .config2 = attributes.config2,
        .user = !attributes.exclude_user,
        .kernel = !attributes.exclude_kernel,
        .hypervisor = !attributes.exclude_hv,
        .host = !attributes.exclude_host,
        .guest = !attributes.exclude_guest,
        .exclusive = attributes.exclusive,
        .precise = attributes.precise_ip,
    };
    return result;
}

/* A name taken apart: UNIT::EVENT:MODIFIER..., of which EVENT alone must be. */
struct parts {
    const char *unit, *event;
    size_t unit_length, event_length;
};

static struct parts take_apart(const char *name)
{
    const char *colons = strstr(name, "::");
    struct parts parts = {.unit = name, .event = name};

    if (colons) {
        parts.unit_length = (size_t)(colons - name);
        parts.event = colons + 2;
    }
    parts.event_length = strcspn(parts.event, ":.");
    return parts;
}

static bool same(const char *part, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(part, name, length) == 0;
}

struct search {
    struct parts parts;
    const char *elsewhere; /* a unit that has it and is not here, or NULL */
};

/* Stops where the event is of a unit of this machine. */
static int compare(const struct event_name *name, void *context)
{
    struct search *search = context;
    const struct parts *parts = &search->parts;

    if (!same(parts->event, parts->event_length, name->name) ||
        (parts->unit_length &&
         !same(parts->unit, parts->unit_length, name->unit)))
        return 0;
    if (!name->here && !search->elsewhere)
        search->elsewhere = name->unit;
    return name->here;
}

int event_find(const char *name, struct event *event, char *why)
{
    struct search search = {.parts = take_apart(name)};

    int result = encode(name, event);
    if (result == PFM_SUCCESS)
        return 0;
    int found = event_each(compare, &search);
    if (found < 0 || (found == 0 && !search.elsewhere)) {
        snprintf(why, EVENT_WHY_SIZE, "libpfm4: %s", pfm_strerror(result));
        return -ENOENT;
    }
    if (found) {
        snprintf(why, EVENT_WHY_SIZE, "libpfm4: %s: '%.40s'",
                 pfm_strerror(result),
                 search.parts.event + search.parts.event_length);
        return -EINVAL;
    }
    snprintf(why, EVENT_WHY_SIZE,
             "an event of processors such as %.32s, which this machine is not",
             search.elsewhere);
    return -ENODEV;
}

static int visit_unit(const pfm_pmu_info_t *unit, event_visitor *visit,
                      void *context)
{
    for (int i = unit->first_event; i != -1; i = pfm_get_event_next(i)) {
        pfm_event_info_t info = {.size = sizeof info};
        if (pfm_get_event_info(i, PFM_OS_PERF_EVENT_EXT, &info) != PFM_SUCCESS)
            continue;
        struct event_name name = {
            .unit = unit->name,
            .name = info.name,
            .same_as = info.equiv,
            .about = info.desc,
            .here = unit->is_present,
        };
        int result = visit(&name, context);
        if (result)
            return result;
    }
    return 0;
}

int event_each(event_visitor *visit, void *context)
{
    pfm_pmu_t unit;

    if (pfm_initialize() != PFM_SUCCESS)
        return -ENOSYS;
    pfm_for_all_pmus(unit)
    {
        pfm_pmu_info_t info = {.size = sizeof info};
        if (pfm_get_pmu_info(unit, &info) != PFM_SUCCESS)
            continue;
        int result = visit_unit(&info, visit, context);
        if (result)
            return result;
    }
    return 0;
}
