/* faults.c: fields 10 and 12 of /proc/PID/stat. */
#include "smaps/faults.h"

#include "smaps/stat.h"
#include "smaps/text.h"

#include <stdlib.h>

int fault_counts_parse(const char *text, struct fault_counts *faults)
{
    static const unsigned fields[] = {10, 12};
    uint64_t values[2];
    int result = stat_numbers(text, fields, 2, values);

    if (!result)
        *faults = (struct fault_counts){values[0], values[1]};
    return result;
}

int fault_counts_read(pid_t pid, struct fault_counts *faults)
{
    char *text;
    int result = text_read_process(pid, "stat", &text, NULL);

    if (result)
        return result;
    result = fault_counts_parse(text, faults);
    free(text);
    return result;
}
