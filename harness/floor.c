/* floor.c: sorts broken pages by who had to break them; see floor.h. */
#include "harness/floor.h"

#define PAGE_SIZE 4096u

void floor_add(struct floor *floor, const uint64_t changed[FLOOR_CLASSES])
{
    uint64_t all = 0;
    for (int i = 0; i < FLOOR_CLASSES; i++) {
        floor->changed_bytes[i] += changed[i];
        all += changed[i];
    }
    floor->broken_pages++;
    floor->false_pages += all == 0;
    if (changed[FLOOR_APPLICATION])
        floor->l1_pages++;
    else if (changed[FLOOR_NEW_OBJECT])
        floor->hole_cost_pages++;
    else
        floor->collector_cost_pages++;
}

void floor_add_unknown(struct floor *floor)
{
    floor->broken_pages++;
    floor->unknown_pages++;
}

uint64_t floor_l0(const struct floor *floor)
{
    uint64_t bytes = floor->changed_bytes[FLOOR_APPLICATION];
    return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}

static json_t *changed_json(const struct floor *floor)
{
    const uint64_t *changed = floor->changed_bytes;
    return json_pack("{s:I, s:I, s:I}", "application",
                     (json_int_t)changed[FLOOR_APPLICATION], "new_object",
                     (json_int_t)changed[FLOOR_NEW_OBJECT], "collector",
                     (json_int_t)changed[FLOOR_COLLECTOR]);
}

json_t *floor_json(const struct floor *floor)
{
    uint64_t l0 = floor_l0(floor);
    uint64_t useful = floor->changed_bytes[FLOOR_APPLICATION];
    json_t *object = json_pack(
        "{s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "broken_pages",
        (json_int_t)floor->broken_pages, "changed_bytes", changed_json(floor),
        "l0_pages", (json_int_t)l0, "l1_pages", (json_int_t)floor->l1_pages,
        "layout_cost_pages", (json_int_t)(floor->l1_pages - l0),
        "hole_cost_pages", (json_int_t)floor->hole_cost_pages,
        "collector_cost_pages", (json_int_t)floor->collector_cost_pages,
        "unknown_pages", (json_int_t)floor->unknown_pages, "false_pages",
        (json_int_t)floor->false_pages);
    if (useful) {
        double broken = (double)floor->broken_pages * PAGE_SIZE;
        json_object_set_new(object, "amplification",
                            json_real(broken / (double)useful));
    } else {
        json_object_set_new(object, "amplification", json_null());
        json_object_set_new(
            object, "amplification_why",
            json_string("no byte that the application stored differs"));
    }
    return object;
}
