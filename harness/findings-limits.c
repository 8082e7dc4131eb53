/* findings-limits.c: whether experiments can limit memory here; see findings.h.
 */
#include "harness/findings.h"

#include "harness/memory-group.h"
#include "harness/swap-file.h"

#define TRIED (UINT64_C(1) << 20) /* bytes */

static int try_group(struct error *error)
{
    struct memory_group group;
    return memory_group_open(&group, "", TRIED, 0, error) < 0
               ? -1
               : memory_group_close(&group, error);
}

void findings_of_limits(struct findings *findings)
{
    struct error error;
    int status = try_group(&error);
    findings_add(findings, "memory-groups", status ? LEVEL_NOTE : LEVEL_OK,
                 "an experiment with memory: is refused, or with "
                 "memory-optional: runs without the limit",
                 "do as the reason says", "%s",
                 status ? error.text
                        : "control groups limit the memory of subjects");
    status = swap_file_try(".", TRIED, &error);
    findings_add(findings, "swap-files", status ? LEVEL_NOTE : LEVEL_OK,
                 "an experiment with swap: whose results are to be here is "
                 "refused, or with memory-optional: runs without limits",
                 "do as the reason says", "%s",
                 status ? error.text : "swap files can be made and used here");
}
