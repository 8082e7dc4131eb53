/* verb.h: one verb of the command line, one file each. */
#ifndef HARNESS_VERB_H
#define HARNESS_VERB_H

#include <argp.h>

struct verb {
    const char *name;
    const char *summary;               /* one line of `cowlab --help` */
    int (*run)(int argc, char **argv); /* argv[0] is "cowlab VERB"; returns an
                                        * exit status of error.h */
};

/* Takes the one argument that a verb has, a `what`; a second is refused. */
void verb_take(const char **word, const char *argument, const char *what,
               const struct argp_state *state);

extern const struct verb verb_list;    /* list.c */
extern const struct verb verb_plan;    /* plan.c */
extern const struct verb verb_show;    /* show.c */
extern const struct verb verb_status;  /* status.c */
extern const struct verb verb_run;     /* run.c */
extern const struct verb verb_compare; /* compare.c */
extern const struct verb verb_check;   /* check.c */
extern const struct verb verb_plot;    /* plot.c */
extern const struct verb verb_watch;   /* watch.c */
extern const struct verb verb_blame;   /* blame.c */
extern const struct verb verb_doctor;  /* doctor.c */
extern const struct verb verb_map;     /* map.c */

#endif
