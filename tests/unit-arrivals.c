/* unit-arrivals.c: when requests are due, and what is told of how long they
 * took from then. */
#include "harness/arrivals.h"
#include "harness/latency.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static const struct arrivals constant = {ARRIVALS_CONSTANT, 1000};
static const struct arrivals poisson = {ARRIVALS_POISSON, 1000};

/* Three workers take turns, one request each millisecond. */
static void constant_is_even(void **state)
{
    (void)state;
    bool taken[30] = {false};
    for (unsigned worker = 0; worker < 3; worker++) {
        struct arrivals_share share = {constant, 7, worker, 3};
        uint64_t due[10];
        assert_int_equal(arrivals_interval(&share), 3 * MS);
        arrivals_offsets(&share, 100, 10, due);
        for (size_t i = 0; i < 10; i++) {
            assert_int_equal(due[i] % MS, 0);
            assert_in_range(due[i] / MS, 1, 30);
            assert_false(taken[due[i] / MS - 1]);
            taken[due[i] / MS - 1] = true;
        }
    }
}

/* Computed from the header's words by another program in another language. */
static void poisson_is_as_documented(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        unsigned worker;
        uint64_t due[3];
    } known[] = {
        {1, 0, {3850782, 5730411, 5744501}},
        {1, 1, {4727950, 8096937, 8453754}},
        {2, 0, {457894, 902685, 1141750}},
    };
    for (size_t i = 0; i < 3; i++) {
        struct arrivals_share share = {poisson, known[i].seed, known[i].worker,
                                       2};
        uint64_t due[3];
        arrivals_offsets(&share, 0, 3, due);
        assert_memory_equal(due, known[i].due, sizeof due);
    }
}

/* The gaps are those of the requests, wherever the schedule pauses. */
static void poisson_goes_on(void **state)
{
    (void)state;
    struct arrivals_share share = {poisson, 5, 0, 1};
    uint64_t whole[100], rest[60];
    arrivals_offsets(&share, 0, 100, whole);
    arrivals_offsets(&share, 40, 60, rest);
    for (size_t i = 0; i < 60; i++)
        assert_int_equal(rest[i], whole[40 + i] - whole[39]);
}

/* Gaps of an exponential distribution have the same mean and deviation, and one
 * in e is longer; arrivals that stay apart from each other have less. */
static void poisson_is_exponential(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    uint64_t *due = malloc(COUNT * sizeof *due), last = 0;
    for (unsigned worker = 0; worker < 2; worker++) {
        struct arrivals_share share = {poisson, 3, worker, 4};
        double sum = 0, squares = 0, longer = 0;
        last = 0;
        arrivals_offsets(&share, 0, COUNT, due);
        for (size_t i = 0; i < COUNT; i++) {
            double gap = (double)(due[i] - last) / (4 * MS);
            last = due[i];
            sum += gap;
            squares += gap * gap;
            longer += gap > 1;
        }
        double mean = sum / COUNT;
        double deviation = sqrt(squares / COUNT - mean * mean);
        assert_true(fabs(mean - 1) < 0.03);
        assert_true(fabs(deviation - 1) < 0.05);
        assert_true(fabs(longer / COUNT - exp(-1)) < 0.015);
    }
    free(due);
}

/* A request each 10 ms takes 1 ms, one of them 300 ms: what was due meanwhile
 * waits, which the service time of no other request shows. */
static void a_stall_delays_those_behind_it(void **state)
{
    (void)state;
    enum { COUNT = 200, START = 1000 };
    uint64_t due[COUNT], service[COUNT], response[COUNT], now = START;
    size_t waited = 0;
    for (size_t i = 0; i < COUNT; i++) {
        due[i] = START + (i + 1) * 10 * MS;
        service[i] = i == 50 ? 300 * MS : MS;
        waited += now > due[i];
        now = (now > due[i] ? now : due[i]) + service[i];
        response[i] = now - due[i];
    }
    struct latency *latency = calloc(1, sizeof *latency);
    assert_int_equal(
        latency_add_scheduled(latency, START, due, service, response, COUNT),
        0);
    assert_in_range(histogram_quantile(&latency->service, 0.99), MS,
                    MS + MS / 100);
    assert_in_range(histogram_quantile(&latency->response, 0.5), MS,
                    MS + MS / 100);
    assert_in_range(histogram_quantile(&latency->response, 0.99), 270 * MS,
                    300 * MS);
    assert_in_range(waited, 30, 35);
    assert_int_equal(latency->wakeup.count, COUNT - waited);
    assert_int_equal(latency->wakeup.maximum, 0);
    /* It has caught up long before the end. */
    assert_int_equal(latency->schedule_ns, COUNT * 10 * MS);
    assert_int_equal(latency->behind_ns, 0);
    assert_int_equal(latency->span_ns, COUNT * 10 * MS + MS);
    assert_true(fabs(latency_offered(latency) - 100) < 0.001);
    assert_true(fabs(latency_achieved(latency) - 100) < 0.001);
    free(latency);
}

/* Twice what it can serve: it begins half of what is due, and is never idle. */
static void more_than_it_can_serve(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    uint64_t due[COUNT], service[COUNT], response[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        due[i] = (i + 1) * MS;
        service[i] = 2 * MS;
        response[i] = (i + 1) * 2 * MS + MS - due[i];
    }
    struct latency *latency = calloc(1, sizeof *latency);
    assert_int_equal(
        latency_add_scheduled(latency, 0, due, service, response, COUNT), 0);
    assert_int_equal(latency->wakeup.count, 1);
    assert_int_equal(latency->behind_ns, 99 * MS);
    assert_true(fabs(latency_achieved(latency) / latency_offered(latency) -
                     100.0 / 199) < 1e-9);
    assert_true(latency_busy(latency) > 0.99);
    free(latency);
}

static void impossible_times_are_refused(void **state)
{
    (void)state;
    static const uint64_t due[] = {10, 20}, service[] = {15, 15};
    struct latency *latency = calloc(1, sizeof *latency);
    /* The first begins before it is due, then the second before the first has
     * ended; the last is how it can be. */
    static const uint64_t responses[][2] = {{14, 30}, {15, 19}, {15, 20}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            latency_add_scheduled(latency, 0, due, service, responses[i], 2),
            i < 2 ? -1 : 0);
        assert_int_equal(latency->response.count, i < 2 ? 0 : 2);
        assert_int_equal(latency->service.count, i < 2 ? 0 : 2);
    }
    free(latency);
}

/* What is not measured is null, and says why. */
static void closed_has_no_response(void **state)
{
    (void)state;
    struct latency *latency = calloc(1, sizeof *latency);
    for (int served = 0; served < 2; served++) {
        json_t *worker = json_object();
        latency_put(worker, latency);
        const json_t *object = json_object_get(worker, "latency");
        const char *why = served ? "closed loop" : "no request was served";
        assert_int_equal(json_is_null(json_object_get(object, "service")),
                         !served);
        assert_true(json_is_null(json_object_get(object, "response")));
        assert_true(json_is_null(json_object_get(object, "wakeup")));
        assert_true(json_is_null(json_object_get(worker, "schedule")));
        assert_non_null(strstr(
            json_string_value(json_object_get(object, "response_why")), why));
        assert_non_null(strstr(
            json_string_value(json_object_get(worker, "schedule_why")), why));
        json_decref(worker);
        latency_add(latency, (const uint64_t[]){5, 6}, 2);
    }
    assert_true(isnan(latency_offered(latency)));
    free(latency);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_is_even),
        cmocka_unit_test(poisson_is_as_documented),
        cmocka_unit_test(poisson_goes_on),
        cmocka_unit_test(poisson_is_exponential),
        cmocka_unit_test(a_stall_delays_those_behind_it),
        cmocka_unit_test(more_than_it_can_serve),
        cmocka_unit_test(impossible_times_are_refused),
        cmocka_unit_test(closed_has_no_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
