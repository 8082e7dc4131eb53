/* conversation.h: one connection to a process of the subject.
 *
 * The supervisor asks one thing at a time and the process answers each with one
 * line.  Whatever else happens (it closes, is late, or talks nonsense) has a
 * name here, so that no wait is without an end and no line is trusted. */
#ifndef HARNESS_CONVERSATION_H
#define HARNESS_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/clock.h"
#include "harness/message.h"

#define CONVERSATION_LINE_LIMIT (1u << 20) /* bytes, newline included */
#define CONVERSATION_DETAIL     512        /* bytes */

enum answer {
    ANSWER_OK,
    ANSWER_REFUSED,     /* the process answered `error TEXT` */
    ANSWER_CLOSED,      /* the connection ended */
    ANSWER_STALLED,     /* no answer before the deadline */
    ANSWER_NONSENSE,    /* not what the protocol allows */
    ANSWER_INTERRUPTED, /* the user wants to stop */
};

struct conversation {
    int descriptor; /* -1: not open */
    bool awaiting;  /* asked, and the answer is not complete */
    char *buffer;   /* the line so far */
    size_t length, capacity;
    char detail[CONVERSATION_DETAIL]; /* for REFUSED and NONSENSE: what it said
                                       */
};

/* Takes over a connected, non-blocking stream socket. */
void conversation_open(struct conversation *conversation, int descriptor);
void conversation_close(struct conversation *conversation);

/* Sends one line (the newline is added) and expects an answer from then on.
 * CLOSED or STALLED when that is not possible. */
enum answer conversation_ask(struct conversation *conversation,
                             const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Expects a line without having asked: the greeting. */
void conversation_expect(struct conversation *conversation);

/* Waits until every conversation that was asked has its whole line.  The others
 * in the list are watched: one that closes or speaks unasked ends the wait.
 * When the answer is not OK, `culprit` (may be NULL) is the index of the
 * conversation that it is about. */
enum answer conversation_wait(struct conversation *const *list, size_t count,
                              const struct patience *patience, size_t *culprit);

/* Takes the line that arrived apart, in place: the message lives until the next
 * question; free it with message_clear.  REFUSED for `error TEXT`, NONSENSE for
 * any word but the expected one. */
enum answer conversation_answer(struct conversation *conversation,
                                const char *word, struct message *message);

/* Marks what was answered as nonsense: `detail` says why and quotes the text.
 * Returns ANSWER_NONSENSE. */
enum answer conversation_nonsense(struct conversation *conversation,
                                  const char *why, const char *text);

#endif
