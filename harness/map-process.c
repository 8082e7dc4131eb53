/* map-process.c: what the kernel says of a running process's pages, as a
 * picture. */
#include "harness/map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/map-identical.h"
#include "harness/memory.h"
#include "harness/nearest.h"
#include "smaps/difference.h"
#include "smaps/fate.h"
#include "smaps/kin.h"
#include "smaps/ledger.h"
#include "smaps/maps.h"
#include "smaps/text.h"
#include "smaps/walk.h"

/* So much of nothing within a mapping splits it into two areas. */
#define GAP_PAGES 1024u

/* What a visit to the ledger carries along. */
struct survey {
    struct picture *picture;
    const char *region; /* NULL: all */
    bool alone;         /* compared with itself */
    struct map_identical identical;
    struct mappings mappings;
    size_t at; /* the mapping last met */
    struct page_map map;
    uint64_t start, next; /* of the area under way; both 0: none */
    bool matched;
};

/* Of a path the last part. */
static const char *name_of(const struct mapping *mapping)
{
    const char *slash = strrchr(mapping->name, '/');
    if (slash)
        return slash + 1;
    return *mapping->name ? mapping->name : "anonymous";
}

static void end_area(struct survey *survey)
{
    char *map = page_map_take(&survey->map);
    /* What was mapped since the list was read has no name. */
    const char *name = survey->at < survey->mappings.count
                           ? name_of(&survey->mappings.items[survey->at])
                           : "mapped just now";
    if (!survey->region || !strcmp(name, survey->region)) {
        survey->matched |= *map != '\0';
        picture_add(survey->picture, name, survey->start, map);
    } else
        free(map);
    survey->start = survey->next = 0;
}

/* Whether a file or the like goes on in the next mapping, with other
 * permissions. */
static bool goes_on(const struct mappings *mappings, size_t at)
{
    const struct mapping *one = &mappings->items[at];
    return at + 1 < mappings->count && *one->name && one->end == one[1].start &&
           !strcmp(one->name, one[1].name);
}

/* Finds the mapping that an address lies in.  Another one, or a gap, ends the
 * area. */
static void move_to(struct survey *survey, uint64_t address)
{
    while (survey->at < survey->mappings.count &&
           survey->mappings.items[survey->at].end <= address) {
        if (survey->next && !goes_on(&survey->mappings, survey->at))
            end_area(survey);
        survey->at++;
    }
    if (survey->next &&
        (address - survey->next) / PAGEMAP_PAGE_SIZE >= GAP_PAGES)
        end_area(survey);
}

static char letter_of(struct survey *survey, uint64_t address,
                      enum page_fate fate)
{
    static const char letters[FATE_COUNT] = {
        [FATE_NONE] = '.',    [FATE_SHARED] = 's', [FATE_BROKEN] = 'u',
        [FATE_SWAPPED] = 'w', [FATE_GONE] = 'g',   [FATE_NEW] = 'n',
    };
    if (survey->alone && (fate == FATE_BROKEN || fate == FATE_NEW))
        return 'o';
    if (fate == FATE_BROKEN && map_identical_has(&survey->identical, address))
        return 'i';
    return letters[fate];
}

/* A ledger_visitor. */
static int add_page(uint64_t address, enum page_fate fate,
                    const struct page_entries *entries, void *context)
{
    struct survey *survey = context;
    (void)entries;
    move_to(survey, address);
    if (!survey->next)
        survey->start = survey->next = address;
    page_map_add(&survey->map, '.',
                 (address - survey->next) / PAGEMAP_PAGE_SIZE);
    page_map_add(&survey->map, letter_of(survey, address, fate), 1);
    survey->next = address + PAGEMAP_PAGE_SIZE;
    return 0;
}

static enum exit_status refuse(pid_t pid, int status, struct error *error)
{
    if (status == -ESRCH)
        error_set(error, "process %d has ended, or there is none", (int)pid);
    else
        error_set(error,
                  "process %d: %s; it is another user's, or not to be traced: "
                  "try as root",
                  (int)pid, strerror(-status));
    return EXIT_ENVIRONMENT;
}

static int read_kin(pid_t pid, struct kin *kin)
{
    char *text;
    int status = text_read_process(pid, "stat", &text, NULL);
    if (status)
        return status;
    status = kin_parse(text, kin);
    free(text);
    return status || kin->state != 'Z' ? status : -ESRCH;
}

/* Whether it has forked processes that run its program still. */
static bool has_workers(const struct kin *kin)
{
    struct kin *list;
    size_t count;
    bool has = false;
    if (kin_list(kin->pid, &list, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        has |= list[i].parent == kin->pid && kin_same_program(&list[i], kin);
    free(list);
    return has;
}

/* The kernel says 0 or 1 to those who may not know. */
static bool is_readable(const struct kin *kin)
{
    return kin->code > 1;
}

/* Why a process is compared with nothing but itself; NULL: its parent is what
 * it began with. */
static const char *why_alone(const struct kin *kin)
{
    struct kin parent;
    if (has_workers(kin))
        return "It has forked others: what is shared, it has in common with "
               "any of them";
    if (read_kin(kin->parent, &parent))
        return "The process that started it has ended";
    if (!is_readable(&parent))
        return "The process that started it may not be read";
    return kin_same_program(&parent, kin)
               ? NULL
               : "The process that started it runs another program";
}

/* The process whose pages this one began with, or itself where that cannot be
 * told; says which in the title and a note. */
static pid_t find_template(struct picture *picture, const struct kin *kin)
{
    const char *why = why_alone(kin);
    if (why) {
        picture->title = xasprintf("%s (%d)", kin->name, (int)kin->pid);
        picture_note(picture,
                     "%s; what it has for itself is its own, broken or new.",
                     why);
        return kin->pid;
    }
    picture->title = xasprintf("%s (%d), beside %d which forked it", kin->name,
                               (int)kin->pid, (int)kin->parent);
    picture_note(picture,
                 "What %d has now is taken for what it had at the fork.",
                 (int)kin->parent);
    return kin->parent;
}

/* Tells the broken pages that are identical to the template's, if any, from
 * others. */
static void find_identical(struct survey *survey, const struct ledger *ledger,
                           pid_t template_pid, pid_t pid)
{
    struct map_identical *identical = &survey->identical;
    int parent = (int)template_pid;
    if (survey->alone)
        return;
    map_identical_find(identical, ledger, template_pid, pid);
    if (identical->failure)
        picture_note(survey->picture,
                     "Which broken pages are identical to those of %d is "
                     "unknown: %s.",
                     parent, difference_why(identical->failure));
    else if (identical->compared)
        picture_note(survey->picture,
                     "Of the broken pages the identical ones hold, byte by "
                     "byte, what those of %d hold; into the others something "
                     "else was written: what is unknown.",
                     parent);
    if (identical->missing)
        picture_note(survey->picture,
                     "%zu broken page%s could not be compared: %d does not "
                     "have %s.",
                     identical->missing, identical->missing == 1 ? "" : "s",
                     parent, identical->missing == 1 ? "it" : "them");
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* The names of all mappings that could be drawn, each once. */
static size_t list_names(const struct mappings *mappings, const char **names)
{
    size_t count = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *mapping = &mappings->items[i];
        const char *name = name_of(mapping);
        if (walk_is_ordinary(mapping) && !mapping->shared &&
            !is_among(name, names, count))
            names[count++] = name;
    }
    return count;
}

static bool is_mapped(const struct mappings *mappings, const char *name)
{
    for (size_t i = 0; i < mappings->count; i++)
        if (!strcmp(name_of(&mappings->items[i]), name))
            return true;
    return false;
}

static enum exit_status no_such_region(const struct survey *survey,
                                       struct error *error)
{
    const char **names = xcalloc(survey->mappings.count + 1, sizeof *names);
    size_t count = list_names(&survey->mappings, names);
    if (is_mapped(&survey->mappings, survey->region))
        error_set(error, "nothing private lies in mapping '%s'",
                  survey->region);
    else
        nearest_unknown("mapping", survey->region, names, count, error);
    free(names);
    return EXIT_USAGE;
}

enum exit_status map_process(struct picture *picture, pid_t pid,
                             const char *region, struct error *error)
{
    struct kin kin;
    struct ledger *ledger = NULL;
    struct survey survey = {.picture = picture, .region = region};
    enum exit_status outcome = EXIT_OK;
    int status = read_kin(pid, &kin);
    if (status)
        return refuse(pid, status, error);
    pid_t template_pid = find_template(picture, &kin);
    picture_note(picture, "What is free to the program, or pinned, cannot be "
                          "seen from outside.");
    survey.alone = template_pid == pid;
    status = ledger_open(template_pid, NULL, 0, &ledger);
    if (status)
        return refuse(template_pid, status, error);
    find_identical(&survey, ledger, template_pid, pid);
    status = mappings_read(pid, &survey.mappings);
    if (!status)
        status = ledger_visit(ledger, pid, add_page, &survey);
    if (survey.next)
        end_area(&survey);
    free(page_map_take(&survey.map));
    if (status)
        outcome = refuse(pid, status, error);
    else if (region && !survey.matched)
        outcome = no_such_region(&survey, error);
    map_identical_clear(&survey.identical);
    mappings_free(&survey.mappings);
    ledger_free(ledger);
    return outcome;
}
