/* sticky-side: generations by sticky mark bits, the age on the side too.
 *
 * Stands for Ruby 3.3, which moved the age out of the object into two bitmaps.
 * Differs from sticky-header in the placement of the age alone. */
#include "heap/mark-side.h"

#include "heap/age-side.h"
#include "heap/sticky-collector.h"

STICKY_COLLECTOR("sticky-side", "Ruby 3.3",
                 "non-moving generations, marks and ages on the side");

#include "workloads/all.h"
