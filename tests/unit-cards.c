/* unit-cards.c: that no store is missed by the scan of dirty cards, and the
 * table of object starts that it goes by. */
#include "collectors/gencopy-card.c"

#include "tests/numbered.h"
#include "tests/old-stores.h"

enum { STARTS_BYTES = 1 << 20 };

/* Objects of random sizes, one behind the other. */
static void assert_starts(unsigned shift, size_t most)
{
    struct object_starts starts;
    struct random random = {shift};
    size_t start_of[STARTS_BYTES / OBJECT_GRANULE];
    object_starts_open(&starts, STARTS_BYTES, shift);
    for (size_t at = 0, bytes; at < STARTS_BYTES; at += bytes) {
        bytes = (1 + random_next(&random) % most) * OBJECT_GRANULE;
        bytes = bytes > STARTS_BYTES - at ? STARTS_BYTES - at : bytes;
        object_starts_note(&starts, at, bytes);
        for (size_t i = at; i < at + bytes; i += OBJECT_GRANULE) {
            start_of[i / OBJECT_GRANULE] = at;
        }
    }
    for (size_t at = 0; at < STARTS_BYTES; at += OBJECT_GRANULE) {
        size_t unit = at >> starts.shift << starts.shift;
        assert_int_equal(object_starts_before(&starts, at),
                         start_of[unit / OBJECT_GRANULE]);
    }
    region_close(&starts.region);
}

static void the_start_of_what_covers_a_unit_is_known(void **state)
{
    (void)state;
    for (unsigned shift = 8; shift <= 13; shift++) {
        assert_starts(shift, 4);
        assert_starts(shift, 64);
        assert_starts(shift, CELL_MAX_BYTES / OBJECT_GRANULE);
    }
}

static void every_store_is_found_whatever_the_card(void **state)
{
    (void)state;
    for (option_card = 0; option_card < (int64_t)LENGTH(card_shifts);
         option_card++) {
        assert_every_store_is_found();
    }
    option_card = 1;
}

/* No slot is visited but those on the dirty card. */
static void a_store_costs_a_scan_of_its_card(void **state)
{
    (void)state;
    old_build();
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    unsigned place = 97; /* its 3000 references are those of a large object */
    old_store(place, 1500, numbered_new(0, 40, 1));
    uint64_t slots = old_slots.scanned;
    uint64_t dirty = scanned_cards;
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    assert_int_equal(scanned_cards - dirty, 1);
    assert_int_equal(old_slots.scanned - slots,
                     ((size_t)1 << cards.shift) / sizeof(ref));
    collector.collect(COLLECTION_MINOR, COLLECTION_ASKED);
    assert_int_equal(scanned_cards - dirty, 1);
    frame_pop(&old_frame);
    collector.close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_of_what_covers_a_unit_is_known),
        cmocka_unit_test(every_store_is_found_whatever_the_card),
        cmocka_unit_test(a_store_costs_a_scan_of_its_card),
    };
    return cmocka_run_group_tests_name("unit-cards", tests, NULL, NULL);
}
