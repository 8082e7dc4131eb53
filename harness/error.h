/* error.h: what went wrong, filled in by the callee, printed once by the
 * caller.  The text names the place, the cause and what to do next. */
#ifndef HARNESS_ERROR_H
#define HARNESS_ERROR_H

struct error {
    char text[1024];
};

/* Sets the text and returns -1, so that a function can `return error_set(...)`.
 */
int error_set(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit statuses of cowlab, the same for every verb. */
enum exit_status {
    EXIT_OK = 0,
    EXIT_USAGE = 1,       /* bad command line or experiment file */
    EXIT_INVALID = 2,     /* some invocation is invalid or missing, or results
                           * are not fit to be published */
    EXIT_ENVIRONMENT = 3, /* this machine or directory does not allow it */
    EXIT_INTERRUPTED = 4, /* stopped by a signal; what was finished is kept */
    EXIT_INTERNAL = 5,    /* a fault of cowlab itself */
};

#endif
