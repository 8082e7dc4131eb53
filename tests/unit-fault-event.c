/* unit-fault-event.c: what a refusal of page faults is put down to, for a
 * process that has all capabilities: in its namespace, which wrapped calls make
 * up. */
#include "smaps/fault-event.h"

#include <errno.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

/* What /proc/self/uid_map says; NULL where there is none. */
static const char *user_ids;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
long __wrap_syscall(long number, struct __user_cap_header_struct *header,
                    struct __user_cap_data_struct *data);

FILE *__wrap_fopen(const char *path, const char *mode)
{
    if (strcmp(path, "/proc/self/uid_map") != 0)
        return __real_fopen(path, mode);
    if (user_ids)
        return fmemopen((void *)(uintptr_t)user_ids, strlen(user_ids), "r");
    errno = ENOENT;
    return NULL;
}

/* capget, the only one that is called here. */
long __wrap_syscall(long number, struct __user_cap_header_struct *header,
                    struct __user_cap_data_struct *data)
{
    (void)header;
    assert_int_equal(number, SYS_capget);
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i].effective = UINT32_MAX;
    return 0;
}

static bool lacks_capability(const char *with_ids)
{
    char why[FAULT_WHY_SIZE];
    user_ids = with_ids;
    fault_event_refused(EPERM, why);
    bool lacks = strstr(why, "has no CAP_PERFMON") != NULL;
    assert_int_equal(strstr(why, "a filter of system calls") != NULL, !lacks);
    return lacks;
}

static void capabilities_count_where_users_are_the_machines(void **state)
{
    (void)state;
    assert_false(lacks_capability("         0          0 4294967295\n"));
    assert_true(lacks_capability("         0     100000      65536\n"));
    assert_true(lacks_capability("      1000          0 4294967295\n"));
    assert_true(lacks_capability("no such numbers\n"));
}

static void a_kernel_without_user_namespaces_has_no_other_users(void **state)
{
    (void)state;
    assert_false(lacks_capability(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities_count_where_users_are_the_machines),
        cmocka_unit_test(a_kernel_without_user_namespaces_has_no_other_users),
    };

    return cmocka_run_group_tests_name("unit-fault-event", tests, NULL, NULL);
}
