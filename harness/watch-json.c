/* watch-json.c: one look at a server as a line of JSON. */
#include "harness/watch.h"

#include <string.h>

#include "smaps/pagemap.h"

const char watch_older_why[] =
    "older than this watch: of the pages that its parent had at the first "
    "look, those that both have count as inherited";

static void set_integer(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void set_absent(json_t *object, const char *key, const char *why)
{
    char why_key[64];
    snprintf(why_key, sizeof why_key, "%s_why", key);
    json_object_set_new(object, key, json_null());
    json_object_set_new(object, why_key, json_string(why));
}

/* The part of the inherited pages that is broken. */
static void set_erosion(json_t *object, uint64_t broken, uint64_t inherited)
{
    if (inherited > 0)
        json_object_set_new(object, "erosion",
                            json_real((double)broken / (double)inherited));
    else
        set_absent(object, "erosion", "nothing was inherited");
}

static json_t *pages_json(const struct member *member)
{
    const struct page_counts *counts = &member->pages;
    json_t *pages = json_object();
    set_integer(pages, "inherited", member->inherited);
    set_integer(pages, "shared", counts->shared);
    set_integer(pages, "broken", counts->broken);
    set_integer(pages, "swapped", counts->swapped);
    if (member->older)
        set_absent(pages, "gone", watch_older_why);
    else
        set_integer(pages, "gone", counts->gone);
    set_integer(pages, "new", counts->new_pages);
    return pages;
}

/* The server inherited nothing that we know of. */
static json_t *server_pages_json(const struct group *group)
{
    const struct page_counts *counts = &group->members->pages;
    int64_t wrote = group_server_wrote(group);
    json_t *pages = json_object();
    set_integer(pages, "shared", counts->shared);
    set_integer(pages, "new", counts->new_pages);
    if (wrote < 0)
        set_absent(pages, "written",
                   "page frames are hidden: they need CAP_SYS_ADMIN");
    else
        set_integer(pages, "written", (uint64_t)wrote);
    return pages;
}

static void set_rates(json_t *object, bool known, double faults, double broken)
{
    static const char why[] = "this is the first look at it";
    if (!known) {
        set_absent(object, "faults_per_second", why);
        set_absent(object, "broken_bytes_per_second", why);
        return;
    }
    json_object_set_new(object, "faults_per_second", json_real(faults));
    json_object_set_new(object, "broken_bytes_per_second",
                        json_real(broken * PAGEMAP_PAGE_SIZE));
}

static json_t *member_json(const struct group *group,
                           const struct member *member)
{
    const struct smaps_totals *totals = &member->sample.totals;
    bool server = member == group->members;
    json_t *object = json_object();
    set_integer(object, "pid", (uint64_t)member->kin.pid);
    set_integer(object, "parent", (uint64_t)member->kin.parent);
    json_t *name = json_string(member->kin.name);
    json_object_set_new(object, "command", name ? name : json_string("?"));
    if (!server) {
        json_object_set_new(object, "forked", json_boolean(member->forked));
        json_object_set_new(object, "older", json_boolean(member->older));
        json_object_set_new(object, "fresh", json_boolean(member->fresh));
    }
    if (member->failure) {
        set_absent(object, "pages", strerror(-member->failure));
        return object;
    }
    set_integer(object, "t_ns", member->sample.time_ns - group->begun_ns);
    set_integer(object, "rss_bytes", totals->rss);
    set_integer(object, "pss_bytes", totals->pss);
    set_integer(object, "uss_bytes", smaps_uss(totals));
    set_integer(object, "minor_faults", member->sample.faults.minor);
    set_integer(object, "major_faults", member->sample.faults.major);
    json_object_set_new(object, "pages",
                        server ? server_pages_json(group) : pages_json(member));
    if (!server)
        set_erosion(object, member->pages.broken, member->inherited);
    set_rates(object, member->looks > 1, member->faults_per_second,
              member->broken_per_second);
    if (server) {
        json_object_del(object, "broken_bytes_per_second");
        json_object_del(object, "broken_bytes_per_second_why");
    }
    return object;
}

static json_t *totals_json(const struct group *group)
{
    struct group_totals totals = group_totals(group);
    json_t *object = json_object();
    set_integer(object, "unreadable", totals.unreadable);
    set_integer(object, "pss_bytes", totals.pss);
    set_integer(object, "uss_bytes", totals.uss);
    set_integer(object, "inherited_pages", totals.inherited);
    set_integer(object, "broken_pages", totals.broken);
    set_integer(object, "new_pages", totals.new_pages);
    set_erosion(object, totals.broken, totals.inherited);
    set_rates(object, group->looks > 1, totals.faults_per_second,
              totals.broken_per_second);
    return object;
}

json_t *watch_json(const struct group *group, const struct watch_pace *pace)
{
    json_t *object = json_object(), *members = json_array();
    json_t *ended = json_array();
    set_integer(object, "look", group->looks);
    set_integer(object, "t_ns", group->time_ns - group->begun_ns);
    set_integer(object, "cost_ns", group->cost_ns);
    if (pace->duty < 0)
        set_absent(object, "duty", "this is the first look");
    else
        json_object_set_new(object, "duty", json_real(pace->duty));
    set_integer(object, "next_ns", pace->next_ns);
    for (size_t i = 0; i < group->count; i++)
        json_array_append_new(members, member_json(group, &group->members[i]));
    for (size_t i = 0; i < group->ended_count; i++)
        json_array_append_new(ended, json_integer(group->ended[i]));
    json_object_set_new(object, "processes", members);
    json_object_set_new(object, "ended", ended);
    json_object_set_new(object, "all", totals_json(group));
    return object;
}
