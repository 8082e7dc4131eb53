/* message.h: lines over the socket to the supervisor.
 *
 * Everything here works in fixed buffers: the process that is being measured
 * allocates nothing in order to speak.  A connection that fails or closes ends
 * the process, because a subject never outlives its connection. */
#ifndef SUBJECTS_C_MESSAGE_H
#define SUBJECTS_C_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Connects to the socket that COWLAB_SOCKET names, "@NAME" being abstract.
 * A connection that was open before (the template's, in a worker) is closed. */
void message_connect(void);

/* The next line, without its newline, split into words at single spaces.
 * Returns the number of words, at most `most`; the words are good until the
 * next call. */
unsigned message_receive(char **words, unsigned most);

/* Starts an answer, adds to it, and sends it with its newline. */
void message_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_send(void);

/* Answers `error ...`. */
void message_error(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Reads a whole decimal number.  Returns false if the text is anything else. */
bool message_number(const char *text, uint64_t *number);

#endif
