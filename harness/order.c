/* order.c: the order of a run; see order.h. */
#include "harness/order.h"

#include "harness/cell.h"
#include "harness/memory.h"

/* The finaliser of splitmix64, as in subjects/PROTOCOL.md. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(*state);
}

uint64_t order_seed(const struct experiment *experiment, unsigned invocation)
{
    return mix(experiment->seed ^ mix(invocation)) >> 11;
}

/* Fisher and Yates.  The bias of the remainder is far below what counts. */
static void shuffle(struct order_item *items, size_t count, uint64_t *state)
{
    for (size_t left = count; left > 1; left--) {
        size_t pick = (size_t)(next_random(state) % left);
        struct order_item item = items[pick];
        items[pick] = items[left - 1];
        items[left - 1] = item;
    }
}

/* The items of the cells from `first` to `end` that are as deep as that, in a
 * shuffled order. */
static size_t add_group(struct order_item *items,
                        const struct experiment *experiment, size_t first,
                        size_t end, unsigned depth, unsigned invocation,
                        uint64_t *state)
{
    size_t count = 0;
    for (size_t i = first; i < end; i++)
        if (experiment->cells[i].depth == depth)
            items[count++] = (struct order_item){i, invocation};
    shuffle(items, count, state);
    return count;
}

static void add_repetition(struct order_item *items,
                           const struct experiment *experiment,
                           unsigned invocation)
{
    uint64_t state = order_seed(experiment, invocation);
    size_t cells = experiment->cell_count, count = 0;
    for (unsigned depth = 0; count < cells; depth++)
        for (size_t first = 0, end; first < cells; first = end) {
            end = first + 1;
            while (end < cells && cell_same_group(&experiment->cells[first],
                                                  &experiment->cells[end]))
                end++;
            count += add_group(items + count, experiment, first, end, depth,
                               invocation, &state);
        }
}

struct order_item *order_make(const struct experiment *experiment)
{
    size_t cells = experiment->cell_count;
    struct order_item *order =
        xcalloc(cells * experiment->invocations, sizeof *order);
    for (unsigned i = 1; i <= experiment->invocations; i++)
        add_repetition(order + cells * (i - 1), experiment, i);
    return order;
}
