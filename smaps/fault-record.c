/* fault-record.c: takes records apart, field by field in the kernel's order. */
#include "smaps/fault-record.h"

#include <errno.h>
#include <string.h>

/* Entries of a call chain from here on mark the mode of those that follow. */
#define CONTEXTS ((uint64_t)PERF_CONTEXT_MAX)

/* The bytes of one record that were not taken yet. */
struct cursor {
    const char *at;
    size_t left;
};

static bool take(struct cursor *cursor, void *value, size_t size)
{
    if (cursor->left < size)
        return false;
    memcpy(value, cursor->at, size);
    cursor->at += size;
    cursor->left -= size;
    return true;
}

static bool take_number(struct cursor *cursor, uint64_t *number)
{
    return take(cursor, number, sizeof *number);
}

static bool take_pid(struct cursor *cursor, pid_t *pid)
{
    return take(cursor, pid, sizeof(uint32_t));
}

/* Of a call chain the first user frame: the instruction, or the one behind it
 * where the kernel was called. */
static bool take_chain(struct cursor *cursor, struct fault_record *record)
{
    uint64_t count, frame;
    bool user = true;

    if (!take_number(cursor, &count) || count > cursor->left / sizeof frame)
        return false;
    while (count-- > 0 && take_number(cursor, &frame)) {
        if (frame >= CONTEXTS)
            user = frame == (uint64_t)PERF_CONTEXT_USER;
        else if (user && !record->instruction)
            record->instruction = frame;
    }
    record->instruction -= record->in_kernel && record->instruction;
    return true;
}

/* A size, so many bytes, and, unless that is 0, how many of them are of the
 * stack. */
static bool take_stack(struct cursor *cursor, struct fault_record *record)
{
    struct cursor stack;
    uint64_t size, taken;

    if (!take_number(cursor, &size) || size > cursor->left)
        return false;
    if (size == 0)
        return true;
    stack = (struct cursor){cursor->at, size};
    cursor->at += size;
    cursor->left -= size;
    if (!take_number(cursor, &taken) || taken > size)
        return false;
    return taken < sizeof record->stack_top ||
           take_number(&stack, &record->stack_top);
}

static bool take_page(struct cursor *cursor, struct fault_record *record)
{
    return take_pid(cursor, &record->pid) && take_pid(cursor, &record->tid) &&
           take_number(cursor, &record->time_ns) &&
           take_number(cursor, &record->address) &&
           take_chain(cursor, record) && take_stack(cursor, record);
}

static bool take_lost(struct cursor *cursor, struct fault_record *record)
{
    uint64_t event;

    return take_number(cursor, &event) && take_number(cursor, &record->lost);
}

static bool take_task(struct cursor *cursor, struct fault_record *record)
{
    pid_t parent_tid;

    return take_pid(cursor, &record->pid) &&
           take_pid(cursor, &record->parent) &&
           take_pid(cursor, &record->tid) && take_pid(cursor, &parent_tid) &&
           take_number(cursor, &record->time_ns);
}

/* The thread at the beginning, the time at the end; what lies between is a
 * name or a mapping. */
static bool take_ends(struct cursor *cursor, struct fault_record *record)
{
    if (!take_pid(cursor, &record->pid) || !take_pid(cursor, &record->tid) ||
        cursor->left < sizeof record->time_ns)
        return false;
    cursor->at += cursor->left - sizeof record->time_ns;
    cursor->left = sizeof record->time_ns;
    return take_number(cursor, &record->time_ns);
}

static bool take_body(struct cursor *cursor,
                      const struct perf_event_header *header,
                      struct fault_record *record)
{
    switch (header->type) {
    case PERF_RECORD_SAMPLE:
        record->kind = FAULT_PAGE;
        record->in_kernel = (header->misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
                            PERF_RECORD_MISC_KERNEL;
        return take_page(cursor, record);
    case PERF_RECORD_LOST:
        record->kind = FAULT_LOST;
        return take_lost(cursor, record);
    case PERF_RECORD_FORK:
        record->kind = FAULT_FORK;
        return take_task(cursor, record);
    case PERF_RECORD_EXIT:
        record->kind = FAULT_EXIT;
        return take_task(cursor, record);
    case PERF_RECORD_COMM:
        if (!(header->misc & PERF_RECORD_MISC_COMM_EXEC))
            return true;
        record->kind = FAULT_EXEC;
        return take_ends(cursor, record);
    case PERF_RECORD_MMAP:
        record->kind = FAULT_MAPPED;
        return take_ends(cursor, record);
    default:
        return true;
    }
}

ssize_t fault_record_parse(const void *bytes, size_t size,
                           struct fault_record *record)
{
    struct perf_event_header header;
    struct cursor cursor = {bytes, size};

    *record = (struct fault_record){.kind = FAULT_OTHER};
    if (!take(&cursor, &header, sizeof header) || header.size > size ||
        header.size < sizeof header)
        return -EBADMSG;
    cursor.left = header.size - sizeof header;
    if (!take_body(&cursor, &header, record))
        return -EBADMSG;
    return header.size;
}
