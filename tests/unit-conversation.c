/* unit-conversation.c: what the supervisor makes of lines, good and bad. */
#include "harness/conversation.h"
#include "harness/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Our end and the subject's end of one connection. */
struct pair {
    struct conversation conversation;
    int subject;
};

static struct pair open_pair(void)
{
    int ends[2];
    struct pair pair;
    assert_return_code(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    conversation_open(&pair.conversation, ends[0]);
    pair.subject = ends[1];
    return pair;
}

static void close_pair(struct pair *pair)
{
    conversation_close(&pair->conversation);
    close(pair->subject);
}

static enum answer wait_for(struct conversation *conversation, unsigned ms)
{
    struct patience patience = {clock_now() + ms * NS_PER_MS, -1};
    return conversation_wait(&conversation, 1, &patience, NULL);
}

static void say(const struct pair *pair, const void *text, size_t length)
{
    assert_int_equal(write(pair->subject, text, length), length);
}

/* Asks, has the subject say the bytes, and waits. */
static enum answer exchange(struct pair *pair, const void *text, size_t length)
{
    assert_int_equal(conversation_ask(&pair->conversation, "load seed=%d", 7),
                     ANSWER_OK);
    say(pair, text, length);
    return wait_for(&pair->conversation, 100);
}

static void one_answer(void **state)
{
    (void)state;
    struct pair pair = open_pair();
    struct message message;
    char asked[32] = "";
    uint64_t ns;
    assert_int_equal(exchange(&pair, "loaded ns=12 extra\n", 19), ANSWER_OK);
    assert_int_equal(read(pair.subject, asked, sizeof asked), 12);
    assert_string_equal(asked, "load seed=7\n");
    assert_int_equal(
        conversation_answer(&pair.conversation, "loaded", &message), ANSWER_OK);
    assert_string_equal(message.word, "loaded");
    assert_int_equal(message.count, 2);
    assert_int_equal(message_number(&message, "ns", &ns), 0);
    assert_int_equal(ns, 12);
    assert_null(message.items[1].key);
    assert_string_equal(message.items[1].value, "extra");
    assert_null(message_value(&message, "extra"));
    message_clear(&message);
    close_pair(&pair);
}

static void pieces_make_a_line(void **state)
{
    (void)state;
    struct pair pair = open_pair();
    struct message message;
    assert_int_equal(exchange(&pair, "loa", 3), ANSWER_STALLED);
    say(&pair, "ded\n", 4);
    assert_int_equal(wait_for(&pair.conversation, 100), ANSWER_OK);
    assert_int_equal(
        conversation_answer(&pair.conversation, "loaded", &message), ANSWER_OK);
    message_clear(&message);
    close_pair(&pair);
}

/* Bytes that are no answer, and what is said of them. */
static void bad_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *detail;
    } rows[] = {
        {"a\0b\n", 4, "a zero byte after: 'a'"},
        {"\xff\xfe\n", 3,
         "not UTF-8: '?"
         "?'"},
        {"a\nb\n", 4, "more than one line: 'b?'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair = open_pair();
        assert_int_equal(exchange(&pair, rows[i].text, rows[i].length),
                         ANSWER_NONSENSE);
        assert_string_equal(pair.conversation.detail, rows[i].detail);
        close_pair(&pair);
    }
}

static void bad_answers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *detail;
        enum answer answer;
    } rows[] = {
        {"error it broke\n", "it broke", ANSWER_REFUSED},
        {"error\n", "", ANSWER_REFUSED},
        {"\n", "'loaded' was due, not: ''", ANSWER_NONSENSE},
        {"loadedns=1\n", "'loaded' was due, not: 'loadedns=1'",
         ANSWER_NONSENSE},
        {"loaded  ns=1\n", "spaces too many in: 'loaded  ns=1'",
         ANSWER_NONSENSE},
        {"loaded ns=1 \n", "spaces too many in: 'loaded ns=1 '",
         ANSWER_NONSENSE},
        {"loaded =1\n", "spaces too many in: 'loaded =1'", ANSWER_NONSENSE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair = open_pair();
        struct message message;
        assert_int_equal(exchange(&pair, rows[i].text, strlen(rows[i].text)),
                         ANSWER_OK);
        assert_int_equal(
            conversation_answer(&pair.conversation, "loaded", &message),
            rows[i].answer);
        assert_string_equal(pair.conversation.detail, rows[i].detail);
        message_clear(&message);
        close_pair(&pair);
    }
}

static void long_words_are_cut(void **state)
{
    (void)state;
    struct pair pair = open_pair();
    struct message message;
    char line[200];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    assert_int_equal(exchange(&pair, line, sizeof line), ANSWER_OK);
    assert_int_equal(
        conversation_answer(&pair.conversation, "loaded", &message),
        ANSWER_NONSENSE);
    assert_int_equal(strlen(pair.conversation.detail),
                     strlen("'loaded' was due, not: '...'") + 80);
    close_pair(&pair);
}

/* Feeds a line of that many bytes, newline included. */
static enum answer feed(size_t length)
{
    struct pair pair = open_pair();
    char *line = xmalloc(length);
    memset(line, 'x', length);
    line[length - 1] = '\n';
    enum answer answer = ANSWER_STALLED;
    conversation_expect(&pair.conversation);
    for (size_t sent = 0; sent < length && answer == ANSWER_STALLED;) {
        ssize_t now =
            send(pair.subject, line + sent, length - sent, MSG_NOSIGNAL);
        sent += now > 0 ? (size_t)now : 0;
        answer = wait_for(&pair.conversation, 1);
    }
    free(line);
    close_pair(&pair);
    return answer;
}

static void the_limit_of_a_line(void **state)
{
    (void)state;
    assert_int_equal(feed(CONVERSATION_LINE_LIMIT), ANSWER_OK);
    assert_int_equal(feed(CONVERSATION_LINE_LIMIT + 1), ANSWER_NONSENSE);
}

static void closed_and_stalled(void **state)
{
    (void)state;
    struct pair pair = open_pair();
    assert_int_equal(exchange(&pair, "half", 4), ANSWER_STALLED);
    close(pair.subject);
    assert_int_equal(wait_for(&pair.conversation, 100), ANSWER_CLOSED);
    assert_int_equal(conversation_ask(&pair.conversation, "quit"),
                     ANSWER_CLOSED);
    conversation_close(&pair.conversation);
}

/* Two workers are asked and the template is watched. */
static void many_at_once(void **state)
{
    (void)state;
    struct pair pairs[3] = {open_pair(), open_pair(), open_pair()};
    struct conversation *list[] = {
        &pairs[0].conversation, &pairs[1].conversation, &pairs[2].conversation};
    struct patience patience = {clock_now() + 100 * NS_PER_MS, -1};
    size_t culprit = 9;
    conversation_ask(list[0], "serve 0 1");
    conversation_ask(list[1], "serve 0 1");
    say(&pairs[1], "served\n", 7);
    assert_int_equal(conversation_wait(list, 3, &patience, &culprit),
                     ANSWER_STALLED);
    assert_int_equal(culprit, 0);
    say(&pairs[0], "served\n", 7);
    patience.deadline_ns = clock_now() + 100 * NS_PER_MS;
    assert_int_equal(conversation_wait(list, 3, &patience, &culprit),
                     ANSWER_OK);
    conversation_ask(list[0], "serve 1 1");
    say(&pairs[2], "boo\n", 4);
    assert_int_equal(conversation_wait(list, 3, &patience, &culprit),
                     ANSWER_NONSENSE);
    assert_int_equal(culprit, 2);
    assert_string_equal(list[2]->detail, "it spoke unasked: 'boo?'");
    for (size_t i = 0; i < 3; i++)
        close_pair(&pairs[i]);
}

static void interrupted(void **state)
{
    (void)state;
    struct pair pair = open_pair();
    struct conversation *conversation = &pair.conversation;
    int ends[2];
    assert_return_code(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    struct patience patience = {clock_now() + NS_PER_SECOND, ends[0]};
    conversation_ask(conversation, "load");
    assert_int_equal(conversation_wait(&conversation, 1, &patience, NULL),
                     ANSWER_INTERRUPTED);
    close(ends[0]);
    close(ends[1]);
    close_pair(&pair);
}

static void numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1x",
                                      "0x1",
                                      "9223372036854775808",
                                      "99999999999999999999"};
    uint64_t number, list[3];
    char checksum[17];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse_decimal(bad[i], &number), -1);
    assert_int_equal(parse_decimal("9223372036854775807", &number), 0);
    assert_int_equal(number, INT64_MAX);
    assert_int_equal(parse_hexadecimal("ffffffffffffffff", &number), 0);
    assert_true(number == UINT64_MAX);
    assert_int_equal(parse_hexadecimal("10000000000000000", &number), -1);
    assert_int_equal(parse_hexadecimal("0x1", &number), -1);
    assert_int_equal(parse_checksum("0123456789abcdef", checksum), 0);
    assert_int_equal(parse_checksum("0123456789abcde", checksum), -1);
    assert_int_equal(parse_checksum("0123456789ABCDEF", checksum), -1);
    assert_int_equal(parse_decimals("1,22,333", list, 3), 3);
    assert_int_equal(list[2], 333);
    assert_int_equal(parse_decimals("1,2,3,4", list, 3), -1);
    assert_int_equal(parse_decimals("1,,3", list, 3), -1);
    assert_int_equal(parse_decimals("1,2,", list, 3), -1);
    assert_int_equal(parse_decimals("", list, 3), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_answer),
        cmocka_unit_test(pieces_make_a_line),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test(bad_answers),
        cmocka_unit_test(long_words_are_cut),
        cmocka_unit_test(the_limit_of_a_line),
        cmocka_unit_test(closed_and_stalled),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
