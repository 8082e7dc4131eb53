/* unit-smaps.c: the parsers of smaps/ on recorded texts and on broken ones, the
 * store of inherited pages, and the verdict on single pages. */
#include "smaps/fate.h"
#include "smaps/faults.h"
#include "smaps/inherited.h"
#include "smaps/smaps.h"
#include "smaps/text.h"
#include "smaps/walk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define KIB       UINT64_C(1024)
#define PRESENT   (UINT64_C(1) << 63)
#define SWAPPED   (UINT64_C(1) << 62)
#define FILE_PAGE (UINT64_C(1) << 61)
#define EXCLUSIVE (UINT64_C(1) << 56)

static char *fixture(const char *name, size_t *length)
{
    char path[4096];
    char *text;

    snprintf(path, sizeof path, FIXTURES "/smaps/%s", name);
    assert_int_equal(text_read(path, &text, length), 0);
    return text;
}

/* The first `length` bytes in a block of just that size and a NUL, so that a
 * sanitizer sees any look beyond them. */
static char *cut(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    assert_non_null(copy);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static int rollup(const char *text, struct smaps_totals *totals)
{
    return smaps_rollup_parse(text, strlen(text), totals);
}

static void reads_a_file_larger_than_its_first_buffer(void **state)
{
    char path[] = "/tmp/unit-smaps-XXXXXX";
    int descriptor = mkstemp(path);
    char line[64], *text;
    size_t length;

    (void)state;
    assert_true(descriptor >= 0);
    for (int i = 0; i < 5000; i++) {
        int size = snprintf(line, sizeof line, "line %04d, of many\n", i);
        assert_int_equal(write(descriptor, line, (size_t)size), size);
    }
    close(descriptor);
    assert_int_equal(text_read(path, &text, &length), 0);
    unlink(path);
    assert_int_equal(length, 5000 * strlen("line 0000, of many\n"));
    assert_int_equal(strlen(text), length);
    assert_string_equal(text + length - 19, "line 4999, of many\n");
    free(text);
    assert_int_equal(text_read(path, &text, &length), -ENOENT);
}

static void rollup_as_recorded(void **state)
{
    struct smaps_totals totals;
    size_t length;
    char *text = fixture("rollup", &length);

    (void)state;
    assert_int_equal(smaps_rollup_parse(text, length, &totals), 0);
    assert_int_equal(totals.rss, 11096 * KIB);
    assert_int_equal(totals.pss, 9618 * KIB);
    assert_int_equal(totals.shared_clean, 1740 * KIB);
    assert_int_equal(totals.shared_dirty, 0);
    assert_int_equal(totals.private_clean, 4536 * KIB);
    assert_int_equal(totals.private_dirty, 4820 * KIB);
    assert_int_equal(totals.anonymous, 4808 * KIB);
    assert_int_equal(totals.anon_huge, 0);
    assert_int_equal(totals.swap, 0);
    assert_int_equal(smaps_uss(&totals), (4536 + 4820) * KIB);
    free(text);
}

static void rollup_refuses_what_is_not_one(void **state)
{
    static const char *const broken[] = {
        "",
        "Rss: 4 kB\n",
        "Pss: 4 kB\n",
        "Rss: 4 kB\nPss:\n",
        "Rss: 4 kB\nPss: x kB\n",
        "Rss: -4 kB\nPss: 4 kB\n",
        "Rss: 4 MB\nPss: 4 kB\n",
        "Rss: 4\nPss: 4 kB\n",
        "Rss: 4 kBytes\nPss: 4 kB\n",
        "Rss: 99999999999999999999999 kB\nPss: 4 kB\n",
        "Rss: 18446744073709551615 kB\nPss: 4 kB\n",
        "Rss: 4 kB\nPss: 4 kB\nSwap: 1 k",
    };
    struct smaps_totals totals;

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(rollup(broken[i], &totals), -EBADMSG);
    assert_int_equal(rollup("junk\n\nRss: 8 kB\nPss: 4 kB", &totals), 0);
    assert_int_equal(totals.rss, 8 * KIB);
    assert_int_equal(totals.pss, 4 * KIB);
}

static void rollup_cut_anywhere_is_refused_or_whole(void **state)
{
    struct smaps_totals totals;
    size_t length;
    char *text = fixture("rollup", &length);
    size_t needed = (size_t)(strstr(text, "\nPss_Dirty") - text); /* Rss, Pss */

    (void)state;
    for (size_t i = 0; i <= length; i++) {
        char *copy = cut(text, i);
        int result = smaps_rollup_parse(copy, i, &totals);
        assert_true(result == 0 || result == -EBADMSG);
        assert_true(i >= needed || result == -EBADMSG);
        free(copy);
    }
    free(text);
}

static void maps_with_odd_names(void **state)
{
    static const struct {
        const char *part; /* of the recorded line */
        struct mapping mapping;
    } expected[] = {
        {"r-xp",
         {0x41f000, 0x6d2000, 0x1f000, true, false, true, false, true,
          "/usr/bin/python3.11"}},
        {"00a85000-",
         {0xa85000, 0xaca000, 0, true, true, false, false, false, ""}},
        {"[heap]",
         {0x2396f000, 0x23ab1000, 0, true, true, false, false, false,
          "[heap]"}},
        {"/dev/zero",
         {0x7f209763a000, 0x7f209763c000, 0, true, true, false, true, true,
          "/dev/zero (deleted)"}},
        {"new\\012line",
         {0x7f209768a000, 0x7f209768b000, 0, true, false, false, true, true,
          "/tmp/cow lab (xu_8swda/new\\012line"}},
        {"data file",
         {0x7f209768b000, 0x7f2097695000, 0, true, true, false, false, true,
          "/tmp/cow lab (xu_8swda/data file"}},
        {"gone (deleted)",
         {0x7f20977a9000, 0x7f20977ab000, 0, true, true, false, true, true,
          "/tmp/cow lab (xu_8swda/gone (deleted)"}},
        {"[vsyscall]",
         {0xffffffffff600000, 0xffffffffff601000, 0, false, false, true, false,
          false, "[vsyscall]"}},
    };
    struct mapping got;
    char *text = fixture("maps", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct mapping *want = &expected[i].mapping;
        const char *line = strstr(text, expected[i].part);
        while (line > text && line[-1] != '\n')
            line--;
        assert_int_equal(mapping_parse(line, &got), 0);
        assert_int_equal(got.start, want->start);
        assert_int_equal(got.end, want->end);
        assert_int_equal(got.offset, want->offset);
        assert_int_equal(got.readable, want->readable);
        assert_int_equal(got.writable, want->writable);
        assert_int_equal(got.executable, want->executable);
        assert_int_equal(got.shared, want->shared);
        assert_int_equal(got.file, want->file);
        assert_string_equal(got.name, want->name);
    }
    free(text);
}

static void maps_line_with_a_long_name_is_cut(void **state)
{
    char line[512];
    struct mapping mapping;
    int used = snprintf(line, sizeof line, "1000-2000 rw-p 0 fe:00 7 /");

    (void)state;
    memset(line + used, 'x', 300);
    line[used + 300] = '\0';
    assert_int_equal(mapping_parse(line, &mapping), 0);
    assert_int_equal(strlen(mapping.name), sizeof mapping.name - 1);
}

static void maps_refuses_what_is_not_a_line(void **state)
{
    static const char *const broken[] = {
        "",
        "\n",
        "nonsense",
        "1000-2000",
        "1000-2000 rw-p",
        "1000-2000 rw-q 0 fe:00 7",
        "1000-2000 wr-p 0 fe:00 7",
        "2000-1000 rw-p 0 fe:00 7",
        "1000-1000 rw-p 0 fe:00 7",
        "1000 2000 rw-p 0 fe:00 7",
        "-2000 rw-p 0 fe:00 7",
        "1000-11112222333344445 rw-p 0 fe:00 7",
        "1000-2000 rw-p 0 fe:00 x",
        "1000-2000 rw-p 0 fe:00 ",
        "1000-2000 rw-p 0 fe 7",
        "Rss:       4 kB",
    };
    struct mapping mapping;

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(mapping_parse(broken[i], &mapping), -EBADMSG);
}

static void kernel_data_is_not_made_of_ordinary_pages(void **state)
{
    (void)state;
    assert_false(walk_is_ordinary(&(struct mapping){.name = "[vvar]"}));
    assert_false(walk_is_ordinary(&(struct mapping){.name = "[vvar_vclock]"}));
    assert_false(walk_is_ordinary(&(struct mapping){.name = "[vsyscall]"}));
    assert_true(walk_is_ordinary(&(struct mapping){.name = "[heap]"}));
    assert_true(walk_is_ordinary(&(struct mapping){.name = "[vdso]"}));
    assert_true(walk_is_ordinary(&(struct mapping){.name = ""}));
}

/* What the walk over the recorded smaps adds up. */
struct seen {
    int count, stop_after;
    uint64_t rss, private_dirty;
    char last[96];
};

static int see(const struct mapping *mapping, const struct smaps_totals *totals,
               void *context)
{
    struct seen *seen = context;

    seen->count++;
    seen->rss += totals->rss;
    seen->private_dirty += totals->private_dirty;
    memcpy(seen->last, mapping->name, sizeof seen->last);
    return seen->count == seen->stop_after ? 17 : 0;
}

static void smaps_as_recorded(void **state)
{
    struct seen seen = {0};
    size_t length;
    char *text = fixture("smaps", &length);

    (void)state;
    assert_int_equal(smaps_parse(text, length, see, &seen), 0);
    assert_int_equal(seen.count, 9);
    assert_int_equal(seen.rss, (2112 + 1276 + 1188 + 4 + 4 + 8 + 36) * KIB);
    assert_int_equal(seen.private_dirty, (1188 + 1188 + 4 + 4 + 8 + 36) * KIB);
    assert_string_equal(seen.last, "[vsyscall]");
    seen = (struct seen){.stop_after = 3};
    assert_int_equal(smaps_parse(text, length, see, &seen), 17);
    assert_string_equal(seen.last, "[heap]");
    free(text);
}

static void smaps_broken_is_refused(void **state)
{
    static const char header[] = "1000-2000 rw-p 0 fe:00 7 name\n";
    struct seen seen = {0};
    char text[256];
    size_t length;

    (void)state;
    assert_int_equal(smaps_parse("Rss: 4 kB\n", 10, see, &seen), -EBADMSG);
    assert_int_equal(smaps_parse("\n\n", 2, see, &seen), -EBADMSG);
    assert_int_equal(smaps_parse(header, strlen(header), see, &seen), -EBADMSG);
    snprintf(text, sizeof text, "%sRss: 4 kB\nPss: 4 kB\n\n", header);
    assert_int_equal(smaps_parse(text, strlen(text), see, &seen), -EBADMSG);
    char *recorded = fixture("smaps", &length);
    for (size_t i = 0; i <= length; i++) {
        char *copy = cut(recorded, i);
        int result = smaps_parse(copy, i, see, &seen);
        assert_true(result == 0 || result == -EBADMSG);
        free(copy);
    }
    free(recorded);
}

static void faults_of_a_process_with_a_hostile_name(void **state)
{
    struct fault_counts faults;
    char *text = fixture("stat", NULL);

    (void)state;
    assert_non_null(strstr(text, "(a) R (b)"));
    assert_int_equal(fault_counts_parse(text, &faults), 0);
    assert_int_equal(faults.minor, 1553);
    assert_int_equal(faults.major, 10);
    /* The 11 fields before it and the whole of the 12th are needed. */
    size_t needed = (size_t)(strstr(text, " 10 0 3 1 ") - text) + 4;
    for (size_t i = 0; i < needed; i++) {
        char *copy = cut(text, i);
        assert_int_equal(fault_counts_parse(copy, &faults), -EBADMSG);
        free(copy);
    }
    free(text);
}

static void faults_refuses_garbage(void **state)
{
    struct fault_counts faults;

    (void)state;
    assert_int_equal(fault_counts_parse("", &faults), -EBADMSG);
    assert_int_equal(fault_counts_parse("1 (x", &faults), -EBADMSG);
    assert_int_equal(fault_counts_parse("1 (x)", &faults), -EBADMSG);
    assert_int_equal(
        fault_counts_parse("1 (x) R 1 1 1 0 -1 0 -7 0 3 0 0", &faults),
        -EBADMSG);
    assert_int_equal(
        fault_counts_parse("1 (x) R 1 1 1 0 -1 0 7 0 x 0 0", &faults),
        -EBADMSG);
    assert_int_equal(
        fault_counts_parse("1 (x) R 1 1 1 0 -1 0 7 0 3 0 0", &faults), 0);
    assert_int_equal(faults.minor, 7);
    assert_int_equal(faults.major, 3);
}

static void fate_of_each_kind_of_page(void **state)
{
    const uint64_t page = PRESENT | EXCLUSIVE | 7, file = PRESENT | FILE_PAGE;

    (void)state;
    /* An anonymous page. */
    assert_int_equal(fate_of_inherited(page, PRESENT | 7, false), FATE_SHARED);
    assert_int_equal(fate_of_inherited(page, page, false), FATE_BROKEN);
    assert_int_equal(fate_of_inherited(page, SWAPPED | 3, false), FATE_SWAPPED);
    assert_int_equal(fate_of_inherited(page, 0, false), FATE_GONE);
    assert_int_equal(fate_of_inherited(page, 0, true), FATE_GONE);
    assert_int_equal(fate_of_inherited(page, file, true), FATE_GONE);
    /* One that was in swap at the fork and was read back or written. */
    assert_int_equal(fate_of_inherited(SWAPPED, PRESENT, false), FATE_SHARED);
    assert_int_equal(fate_of_inherited(SWAPPED, page, false), FATE_BROKEN);
    /* A page of a file, mapped privately. */
    assert_int_equal(fate_of_inherited(file, 0, true), FATE_SHARED);
    assert_int_equal(fate_of_inherited(file, file | EXCLUSIVE, true),
                     FATE_SHARED);
    assert_int_equal(fate_of_inherited(file, page, true), FATE_BROKEN);
    assert_int_equal(fate_of_inherited(file, SWAPPED, true), FATE_SWAPPED);
    assert_int_equal(fate_of_inherited(file, 0, false), FATE_GONE);
    /* Nothing inherited. */
    assert_int_equal(fate_of_other(page), FATE_NEW);
    assert_int_equal(fate_of_other(PRESENT), FATE_NONE);
    assert_int_equal(fate_of_other(file | EXCLUSIVE), FATE_NONE);
    assert_int_equal(fate_of_other(SWAPPED), FATE_NONE);
    assert_int_equal(fate_of_other(0), FATE_NONE);
}

static void moved_needs_two_frames(void **state)
{
    (void)state;
    assert_true(fate_moved(PRESENT | 7, PRESENT | EXCLUSIVE | 8));
    assert_true(fate_moved(PRESENT | FILE_PAGE | 7, PRESENT | 8));
    assert_false(fate_moved(PRESENT | 7, PRESENT | EXCLUSIVE | 7));
    assert_false(fate_moved(PRESENT, PRESENT | EXCLUSIVE)); /* both hidden */
    assert_false(fate_moved(SWAPPED | 9, PRESENT | EXCLUSIVE | 8));
    assert_false(fate_moved(PRESENT | 7, SWAPPED | 8));
    assert_false(fate_moved(PRESENT | 7, PRESENT | FILE_PAGE | 8));
}

static uint64_t page_address(uint64_t page)
{
    return page * PAGEMAP_PAGE_SIZE;
}

static void inherited_keeps_entries_over_gaps(void **state)
{
    struct inherited inherited = {0};
    uint64_t limit = page_address(10000);

    (void)state;
    assert_null(inherited_at(&inherited, 0, &limit));
    assert_int_equal(limit, page_address(10000));
    for (uint64_t page = 100; page < 5000; page += 2)
        assert_int_equal(inherited_add(&inherited, page_address(page), page),
                         0);
    assert_int_equal(inherited_add(&inherited, page_address(8000), 8000), 0);
    assert_int_equal(inherited.run_count, 2);
    /* Before, in and between the runs. */
    assert_null(inherited_at(&inherited, page_address(10), &limit));
    assert_int_equal(limit, page_address(100));
    limit = page_address(10000);
    const uint64_t *entries =
        inherited_at(&inherited, page_address(200), &limit);
    assert_non_null(entries);
    assert_int_equal(limit, page_address(4999));
    assert_int_equal(entries[0], 200);
    assert_int_equal(entries[1], 0);
    assert_int_equal(entries[4798], 4998);
    limit = page_address(10000);
    assert_null(inherited_at(&inherited, page_address(4999), &limit));
    assert_int_equal(limit, page_address(8000));
    limit = page_address(10000);
    assert_int_equal(*inherited_at(&inherited, page_address(8000), &limit),
                     8000);
    assert_null(inherited_at(&inherited, page_address(8001), &limit));
    assert_true(
        inherited_within(&inherited, page_address(4000), page_address(4002)));
    assert_true(inherited_within(&inherited, 0, page_address(9000)));
    assert_false(
        inherited_within(&inherited, page_address(4999), page_address(8000)));
    assert_false(
        inherited_within(&inherited, page_address(8001), page_address(9000)));
    inherited_clear(&inherited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file_larger_than_its_first_buffer),
        cmocka_unit_test(rollup_as_recorded),
        cmocka_unit_test(rollup_refuses_what_is_not_one),
        cmocka_unit_test(rollup_cut_anywhere_is_refused_or_whole),
        cmocka_unit_test(maps_with_odd_names),
        cmocka_unit_test(maps_line_with_a_long_name_is_cut),
        cmocka_unit_test(maps_refuses_what_is_not_a_line),
        cmocka_unit_test(kernel_data_is_not_made_of_ordinary_pages),
        cmocka_unit_test(smaps_as_recorded),
        cmocka_unit_test(smaps_broken_is_refused),
        cmocka_unit_test(faults_of_a_process_with_a_hostile_name),
        cmocka_unit_test(faults_refuses_garbage),
        cmocka_unit_test(fate_of_each_kind_of_page),
        cmocka_unit_test(moved_needs_two_frames),
        cmocka_unit_test(inherited_keeps_entries_over_gaps),
    };

    return cmocka_run_group_tests_name("unit-smaps", tests, NULL, NULL);
}
