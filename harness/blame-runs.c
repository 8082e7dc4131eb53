/* blame-runs.c: see blame-runs.h. */
#include "harness/blame-runs.h"

#include "harness/conversation.h"

/* Asks once, from an address on unless that is 0. */
static enum answer ask(struct invocation *invocation,
                       struct conversation *conversation,
                       const struct runs_request *request, uint64_t from,
                       struct message *message)
{
    enum answer answer =
        from ? conversation_ask(conversation, "%s %llx", request->question,
                                (unsigned long long)from)
             : conversation_ask(conversation, "%s", request->question);
    if (answer == ANSWER_OK)
        answer = invocation_wait(invocation, &conversation, 1, NULL);
    return answer == ANSWER_OK
               ? conversation_answer(conversation, request->answer, message)
               : answer;
}

enum answer blame_runs_ask(struct invocation *invocation,
                           struct conversation *conversation,
                           const struct runs_request *request,
                           struct page_runs *runs, uint64_t *ns)
{
    do {
        struct message message;
        enum answer answer =
            ask(invocation, conversation, request, runs->more, &message);
        if (answer != ANSWER_OK)
            return answer;
        int status = page_runs_add(runs, &message);
        if (status == 0 && ns)
            status = message_number(&message, "ns", ns);
        message_clear(&message);
        if (status < 0)
            return conversation_nonsense(
                conversation, "the answer lacks a proper", request->form);
    } while (runs->more);
    return ANSWER_OK;
}
