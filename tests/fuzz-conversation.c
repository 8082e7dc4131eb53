/* fuzz-conversation.c: what a subject says on its connection, in one piece or
 * in pieces, and the line taken apart. */
#include "harness/conversation.h"
#include "harness/page-runs.h"
#include "harness/phases.h"
#include "tests/fuzz.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every reading of every value of a message. */
static void read_values(struct message *message)
{
    uint64_t number, numbers[8];
    char checksum[17];

    FUZZ_REQUIRE(message->word && *message->word);
    for (size_t i = 0; i < message->count; i++) {
        struct message_item *item = &message->items[i];
        FUZZ_REQUIRE(item->value && (!item->key || *item->key));
        if (parse_decimal(item->value, &number) == 0)
            FUZZ_REQUIRE(number <= INT64_MAX);
        parse_hexadecimal(item->value, &number);
        if (parse_checksum(item->value, checksum) == 0)
            FUZZ_REQUIRE(strlen(checksum) == 16);
        FUZZ_REQUIRE(parse_decimals(item->value, numbers, 8) <= 8);
        if (item->key)
            FUZZ_REQUIRE(message_value(message, item->key));
    }
    message_number(message, "ns", &number);
    struct phases phases = {0};
    phases_add(&phases, message);
    FUZZ_REQUIRE(phases_at(&phases, UINT64_MAX));
    phases_clear(&phases);
    struct page_runs runs = {0};
    if (page_runs_add(&runs, message) == 0)
        for (size_t i = 1; i < runs.count; i++)
            FUZZ_REQUIRE(runs.items[i - 1].end <= runs.items[i].start);
    page_runs_clear(&runs);
}

/* Sends what the socket takes without waiting. */
static size_t feed(int end, const uint8_t *bytes, size_t size)
{
    ssize_t sent = send(end, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

    return sent < 0 ? 0 : (size_t)sent;
}

static enum answer converse(struct conversation *conversation, int other,
                            const uint8_t *bytes, size_t size)
{
    struct patience none = {.deadline_ns = 0, .interrupt = -1};
    enum answer answer = ANSWER_STALLED;
    size_t piece = size / 3 + 1, sent = 0;

    while (answer == ANSWER_STALLED && sent < size) {
        size_t left = size - sent;
        size_t took = feed(other, bytes + sent, left < piece ? left : piece);
        sent += took;
        answer = conversation_wait(&conversation, 1, &none, NULL);
        if (!took && answer == ANSWER_STALLED)
            break;
    }
    return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct conversation conversation;
    struct message message;
    int ends[2];

    FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) ==
                 0);
    conversation_open(&conversation, ends[0]);
    conversation_expect(&conversation);
    enum answer answer = converse(&conversation, ends[1], bytes, size);
    FUZZ_REQUIRE(answer == ANSWER_OK || answer == ANSWER_STALLED ||
                 answer == ANSWER_NONSENSE);
    if (answer == ANSWER_OK) {
        answer = conversation_answer(&conversation, "served", &message);
        if (answer == ANSWER_OK)
            read_values(&message);
        message_clear(&message);
    }
    FUZZ_REQUIRE(memchr(conversation.detail, '\0', sizeof conversation.detail));
    conversation_close(&conversation);
    close(ends[1]);
    return 0;
}
