/* guard-process.h: the guard's own side of guard.h, and what is said between
 * the two: one packet for a question, one for its answer. */
#ifndef HARNESS_GUARD_PROCESS_H
#define HARNESS_GUARD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/output.h"

#define GUARD_TEXT_MOST 32768 /* bytes */

enum guard_word {
    GUARD_START, /* text: address, command... */
    GUARD_ENDED, /* pid */
    GUARD_OUTPUT,
    GUARD_KILL,
    GUARD_HOLD,   /* with a descriptor */
    GUARD_CGROUP, /* text: a directory */
    GUARD_SWAP,   /* text: a file */
    GUARD_FORGET, /* text: either */
};

struct guard_question {
    enum guard_word word;
    pid_t pid;
    size_t length;              /* of the text */
    char text[GUARD_TEXT_MOST]; /* strings, each with its zero byte */
};

struct guard_answer {
    int cause; /* errno; 0: it is done */
    pid_t pid; /* of what was started, or has ended; 0: it still runs */
    bool signalled;
    int number;     /* signal or exit status */
    uint64_t bytes; /* of output */
    size_t length;  /* of the text */
    char text[OUTPUT_TAIL];
};

/* What the guard does from its fork on, until the socket or the parent ends. */
_Noreturn void guard_process(int socket, pid_t parent);

#endif
