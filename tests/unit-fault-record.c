/* unit-fault-record.c: records as the kernel lays them out, cut short, and
 * made of any bytes. */
#include "smaps/fault-record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A record under construction. */
struct bytes {
    char at[512];
    size_t size;
};

static void put(struct bytes *bytes, const void *value, size_t size)
{
    memcpy(bytes->at + bytes->size, value, size);
    bytes->size += size;
}

static void put_number(struct bytes *bytes, uint64_t number)
{
    put(bytes, &number, sizeof number);
}

static void put_pids(struct bytes *bytes, uint32_t first, uint32_t second)
{
    put(bytes, &first, sizeof first);
    put(bytes, &second, sizeof second);
}

static struct bytes begin(uint32_t type, uint16_t misc)
{
    struct bytes bytes = {.size = 0};
    struct perf_event_header header = {.type = type, .misc = misc};

    put(&bytes, &header, sizeof header);
    return bytes;
}

/* Writes the size into the header. */
static void finish(struct bytes *bytes)
{
    uint16_t size = (uint16_t)bytes->size;

    memcpy(bytes->at + offsetof(struct perf_event_header, size), &size,
           sizeof size);
}

static struct fault_record parse(struct bytes *bytes)
{
    struct fault_record record;

    finish(bytes);
    assert_int_equal(fault_record_parse(bytes->at, bytes->size, &record),
                     bytes->size);
    return record;
}

/* A page fault up to its call chain. */
static struct bytes page_fault(uint16_t misc)
{
    struct bytes bytes = begin(PERF_RECORD_SAMPLE, misc);

    put_pids(&bytes, 10, 11);
    put_number(&bytes, 123456789);
    put_number(&bytes, 0x7f0000001008);
    return bytes;
}

/* The call chain of one frame in user mode. */
static void put_chain(struct bytes *bytes, uint64_t instruction)
{
    put_number(bytes, 2);
    put_number(bytes, (uint64_t)PERF_CONTEXT_USER);
    put_number(bytes, instruction);
}

/* A word of the stack, of which so many bytes could be read. */
static void put_stack(struct bytes *bytes, uint64_t word, uint64_t taken)
{
    put_number(bytes, sizeof word);
    put_number(bytes, word);
    put_number(bytes, taken);
}

static void a_page_fault(void **state)
{
    struct bytes bytes = page_fault(PERF_RECORD_MISC_USER);

    (void)state;
    put_chain(&bytes, 0x401000);
    put_stack(&bytes, 0x402004, 8);
    struct fault_record record = parse(&bytes);
    assert_int_equal(record.kind, FAULT_PAGE);
    assert_int_equal(record.instruction, 0x401000);
    assert_int_equal(record.stack_top, 0x402004);
    assert_int_equal(record.pid, 10);
    assert_int_equal(record.tid, 11);
    assert_int_equal(record.time_ns, 123456789);
    assert_int_equal(record.address, 0x7f0000001008);
    assert_false(record.in_kernel);
}

/* The chain goes on behind the instruction that called the kernel. */
static void the_instruction_is_the_programs(void **state)
{
    struct bytes bytes = page_fault(PERF_RECORD_MISC_KERNEL);

    (void)state;
    put_number(&bytes, 5);
    put_number(&bytes, (uint64_t)PERF_CONTEXT_KERNEL);
    put_number(&bytes, 0xffffffff81000000);
    put_number(&bytes, (uint64_t)PERF_CONTEXT_USER);
    put_number(&bytes, 0x401002);
    put_number(&bytes, 0x402000);
    put_stack(&bytes, 0x402004, 8);
    struct fault_record record = parse(&bytes);
    assert_true(record.in_kernel);
    assert_int_equal(record.instruction, 0x401001);
}

/* Of a thread that has no user mode, or a stack that cannot be read. */
static void what_is_not_there_is_unknown(void **state)
{
    struct bytes bytes = page_fault(PERF_RECORD_MISC_KERNEL);

    (void)state;
    put_number(&bytes, 0);
    put_number(&bytes, 0);
    struct fault_record record = parse(&bytes);
    assert_int_equal(record.instruction, 0);
    assert_int_equal(record.stack_top, 0);
    bytes = page_fault(PERF_RECORD_MISC_USER);
    put_chain(&bytes, 0x401000);
    put_stack(&bytes, 0x402004, 4);
    record = parse(&bytes);
    assert_int_equal(record.instruction, 0x401000);
    assert_int_equal(record.stack_top, 0);
}

static void refuse(struct bytes *bytes)
{
    struct fault_record record;

    finish(bytes);
    assert_int_equal(fault_record_parse(bytes->at, bytes->size, &record),
                     -EBADMSG);
}

static void what_is_said_to_be_there_and_is_not_is_refused(void **state)
{
    struct bytes bytes = page_fault(PERF_RECORD_MISC_USER);

    (void)state;
    put_number(&bytes, UINT64_MAX);
    put_number(&bytes, 0x401000);
    refuse(&bytes);
    bytes = page_fault(PERF_RECORD_MISC_USER);
    put_chain(&bytes, 0x401000);
    put_stack(&bytes, 0x402004, 9);
    refuse(&bytes);
    bytes = page_fault(PERF_RECORD_MISC_USER);
    put_chain(&bytes, 0x401000);
    put_number(&bytes, UINT64_MAX - 7);
    put_number(&bytes, 0x402004);
    put_number(&bytes, 8);
    refuse(&bytes);
}

static void lost_records_are_counted(void **state)
{
    struct bytes bytes = begin(PERF_RECORD_LOST, 0);

    (void)state;
    put_number(&bytes, 77);
    put_number(&bytes, 1234);
    put_pids(&bytes, 10, 11);
    put_number(&bytes, 5);
    struct fault_record record = parse(&bytes);
    assert_int_equal(record.kind, FAULT_LOST);
    assert_int_equal(record.lost, 1234);
}

static void forks_and_exits(void **state)
{
    struct bytes bytes = begin(PERF_RECORD_FORK, 0);

    (void)state;
    put_pids(&bytes, 20, 10);
    put_pids(&bytes, 20, 11);
    put_number(&bytes, 99);
    put_pids(&bytes, 10, 11);
    put_number(&bytes, 99);
    struct fault_record record = parse(&bytes);
    assert_int_equal(record.kind, FAULT_FORK);
    assert_int_equal(record.pid, 20);
    assert_int_equal(record.tid, 20);
    assert_int_equal(record.parent, 10);
    assert_int_equal(record.time_ns, 99);
    bytes.at[0] = PERF_RECORD_EXIT;
    assert_int_equal(parse(&bytes).kind, FAULT_EXIT);
}

/* A name is part of an exec only; the time stands behind it. */
static void execs_are_told_from_new_names(void **state)
{
    struct bytes bytes = begin(PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);

    (void)state;
    put_pids(&bytes, 20, 21);
    put(&bytes, "worker\0", 8);
    put_pids(&bytes, 20, 21);
    put_number(&bytes, 314);
    struct fault_record record = parse(&bytes);
    assert_int_equal(record.kind, FAULT_EXEC);
    assert_int_equal(record.pid, 20);
    assert_int_equal(record.time_ns, 314);
    memset(bytes.at + offsetof(struct perf_event_header, misc), 0, 2);
    assert_int_equal(parse(&bytes).kind, FAULT_OTHER);
    bytes.at[0] = PERF_RECORD_MMAP;
    assert_int_equal(parse(&bytes).kind, FAULT_MAPPED);
}

static void unknown_records_are_passed_over(void **state)
{
    struct bytes bytes = begin(4711, 0);

    (void)state;
    put_number(&bytes, 1);
    assert_int_equal(parse(&bytes).kind, FAULT_OTHER);
}

/* In a block of just that size, so that a sanitizer sees any look beyond. */
static ssize_t parse_cut(const char *bytes, size_t size)
{
    struct fault_record record;
    char *copy = malloc(size + 1);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    ssize_t result = fault_record_parse(copy, size, &record);
    free(copy);
    return result;
}

static void cut_short_everywhere(void **state)
{
    struct bytes bytes = page_fault(PERF_RECORD_MISC_USER);

    (void)state;
    put_chain(&bytes, 0x401000);
    put_stack(&bytes, 0x402004, 8);
    finish(&bytes);
    for (size_t size = 0; size < bytes.size; size++)
        assert_int_equal(parse_cut(bytes.at, size), -EBADMSG);
    /* A header that says less than it brings is believed, its record not. */
    for (size_t size = 0; size < bytes.size; size++) {
        uint16_t claim = (uint16_t)size;
        memcpy(bytes.at + offsetof(struct perf_event_header, size), &claim,
               sizeof claim);
        assert_int_equal(parse_cut(bytes.at, bytes.size), -EBADMSG);
    }
}

static void any_bytes_are_survived(void **state)
{
    char bytes[128];
    uint64_t random = 88172645463325252; /* xorshift64 */

    (void)state;
    for (int round = 0; round < 100000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            random ^= random << 13, random ^= random >> 7,
                random ^= random << 17;
            bytes[i] = (char)random;
        }
        bytes[0] = (char)(random >> 8 & 15); /* a type that exists, mostly */
        memset(bytes + 1, 0, 3);
        bytes[7] = 0;
        size_t size = random >> 16 & 127;
        ssize_t result = parse_cut(bytes, size);
        assert_true(result == -EBADMSG ||
                    (result >= 8 && (size_t)result <= size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_fault),
        cmocka_unit_test(the_instruction_is_the_programs),
        cmocka_unit_test(what_is_not_there_is_unknown),
        cmocka_unit_test(what_is_said_to_be_there_and_is_not_is_refused),
        cmocka_unit_test(lost_records_are_counted),
        cmocka_unit_test(forks_and_exits),
        cmocka_unit_test(execs_are_told_from_new_names),
        cmocka_unit_test(unknown_records_are_passed_over),
        cmocka_unit_test(cut_short_everywhere),
        cmocka_unit_test(any_bytes_are_survived),
    };

    return cmocka_run_group_tests_name("unit-fault-record", tests, NULL, NULL);
}
