/* sticky-header: generations by sticky mark bits, the age in the header.
 *
 * Stands for Ruby 2.2 to 3.2: marks on the side, and an age of 0 to 3 in two
 * flags of the object, so that a worker writes each object that its template
 * left young once for each of the next collections, and then never again.
 * heap/sticky.h says where it departs. */
#include "heap/mark-side.h"

#include "heap/age-header.h"
#include "heap/sticky-collector.h"

STICKY_COLLECTOR("sticky-header", "Ruby 2.2 to 3.2",
                 "non-moving generations, marks on the side, ages in headers");

#include "workloads/all.h"
