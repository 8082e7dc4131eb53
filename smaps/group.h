/* group.h: a running server, the process and all that descend from it, looked
 * at again and again from outside.
 *
 * Each process is compared with the pages of the process that forked it, its
 * parent, as they were when we first saw it: these are taken for what it
 * inherited.  What that means, see ledger.h; what it cannot tell:
 *   - A process that is older than our first look: what its parent has written
 *     or freed since the fork is taken for what it was then.  Pages that the
 *     parent has and it has not may have come to the parent later: only those
 *     that both have count as inherited, and none as gone.
 *   - One forked while we look: the same, of less than one interval.
 *   - A page that the parent wrote counts as broken in the last process that
 *     still holds the old one.
 * A process whose parent has left, so that another adopted it, stays a member
 * and is compared with the parent it had when first seen; one that had lost its
 * parent before we saw it is not found.  One that has started a program of its
 * own inherited nothing.  The server itself is compared with its own pages at
 * the first look, so that, where page frames can be seen, `moved` of its counts
 * is what it has written since. */
#ifndef SMAPS_GROUP_H
#define SMAPS_GROUP_H

#include "smaps/kin.h"
#include "smaps/sampler.h"

#define GROUP_TREND 8u /* looks that a trend goes back */

struct basis;

struct member {
    struct kin kin;
    bool older;         /* than our first look */
    bool fresh;         /* seen for the first time at this look */
    bool forked;        /* of the program that its parent was running */
    int failure;        /* negative errno: it could not be read at this look */
    unsigned looks;     /* that could be read */
    uint64_t inherited; /* pages */
    struct sample sample;
    struct page_counts pages; /* of the sample */
    /* Against the look before; known from the second on. */
    double faults_per_second;
    double broken_per_second;  /* pages, net of those that went */
    double trend[GROUP_TREND]; /* of broken_per_second, the newest last */
    struct basis *basis;       /* what it is compared with; NULL: not yet */
};

struct group {
    struct member *members; /* the server first */
    size_t count;
    pid_t *ended; /* since the look before */
    size_t ended_count;
    uint64_t looks;
    uint64_t begun_ns, time_ns; /* of the first look and of this one */
    uint64_t cost_ns;           /* of this one */
    uint64_t total_cost_ns;     /* of all */
    pid_t server;
};

/* Sums that count no page twice.  Shared pages and RSS have none: added up,
 * they would count each page once for every process that has it. */
struct group_totals {
    size_t workers;    /* members but for the server */
    size_t unreadable; /* members that are missing from the sums */
    uint64_t pss;      /* bytes; pages of files count by their share */
    uint64_t uss;      /* bytes that one process alone holds */
    uint64_t inherited, broken, new_pages; /* pages, of the workers */
    double faults_per_second;
    double broken_per_second;  /* pages, of the workers */
    double trend[GROUP_TREND]; /* of broken_per_second */
};

void group_open(struct group *group, pid_t server);
void group_close(struct group *group);

/* Takes a look.  Returns 0 or a negative errno: -ESRCH when the server has
 * ended, -EACCES when the server itself may not be read.  Members that end
 * meanwhile are ordinary, ones that may not be read say so. */
int group_look(struct group *group);

struct group_totals group_totals(const struct group *group);

/* Pages of its own that the server has written since the first look, or -1
 * where page frames are hidden from us. */
int64_t group_server_wrote(const struct group *group);

#endif
