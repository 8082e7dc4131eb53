/* gencopy-card: gencopy, and stores mark the card of the slot.
 *
 * Stands for the card marking of HotSpot (Serial and Parallel), SBCL since 2.2
 * (soft card marks) and V8: a store writes one byte, whatever is stored and
 * wherever, and nothing of an old object is written but the slot.  The table of
 * cards is memory too: a store to an inherited page breaks a page of it, and a
 * card that is as large as 512 bytes has 2 MiB of the heap on one such page.
 *
 * Departs from HotSpot: the barrier looks up where the table is and how large
 * cards are, which there are constants of the code; cards are cleaned when the
 * collection ends, because nothing stays young.  A dirty card of a buffer whose
 * young owner is dead keeps what it refers to until the next collection. */
#include "heap/rewrite-promotion.h"

#include "heap/remember-card.h"

#include "heap/gencopy.h"

GENERATIONAL_COLLECTOR("gencopy-card", "card marking of HotSpot, SBCL and V8",
                       "gencopy, and stores mark a card beside the heap");

#include "workloads/all.h"
