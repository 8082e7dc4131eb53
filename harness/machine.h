/* machine.h: whether two environments, as results hold them, are of the same
 * machine, and what else differs between them. */
#ifndef HARNESS_MACHINE_H
#define HARNESS_MACHINE_H

#include <jansson.h>

/* What tells machines apart: a hash of /etc/machine-id, the processors, the
 * memory to within a hundredth, and the kernel.  An array of {key, a, b}, empty
 * where both may be the same machine; what one of them does not know does not
 * count.  The caller releases it. */
json_t *machine_differences(const json_t *left, const json_t *right);

/* What may be set otherwise on one machine, and changes what is measured: huge
 * pages, swap, limits, governor, environment variables and the like.  As above,
 * but something that is set in one of them alone counts. */
json_t *machine_settings(const json_t *left, const json_t *right);

#endif
