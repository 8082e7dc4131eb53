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

static bool take_frames(struct cursor *cursor, struct fault_record *record)
{
    uint64_t count, frame;
    bool user = true;

    if (!take_number(cursor, &count) || count > cursor->left / sizeof frame)
        return false;
    while (count-- > 0 && take_number(cursor, &frame)) {
        if (frame >= CONTEXTS)
            user = frame == (uint64_t)PERF_CONTEXT_USER;
        else if (user && record->frame_count < FAULT_FRAMES_MOST)
            record->frames[record->frame_count++] = frame;
    }
    return true;
}

static bool take_page(struct cursor *cursor, bool with_frames,
                      struct fault_record *record)
{
    return take_number(cursor, &record->instruction) &&
           take_pid(cursor, &record->pid) && take_pid(cursor, &record->tid) &&
           take_number(cursor, &record->time_ns) &&
           take_number(cursor, &record->address) &&
           (!with_frames || take_frames(cursor, record));
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

static bool take_body(struct cursor *cursor, bool with_frames,
                      const struct perf_event_header *header,
                      struct fault_record *record)
{
    switch (header->type) {
    case PERF_RECORD_SAMPLE:
        record->kind = FAULT_PAGE;
        record->in_kernel = (header->misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
                            PERF_RECORD_MISC_KERNEL;
        return take_page(cursor, with_frames, record);
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

ssize_t fault_record_parse(const void *bytes, size_t size, bool with_frames,
                           struct fault_record *record)
{
    struct perf_event_header header;
    struct cursor cursor = {bytes, size};

    *record = (struct fault_record){.kind = FAULT_OTHER};
    if (!take(&cursor, &header, sizeof header) || header.size > size ||
        header.size < sizeof header)
        return -EBADMSG;
    cursor.left = header.size - sizeof header;
    if (!take_body(&cursor, with_frames, &header, record))
        return -EBADMSG;
    return header.size;
}
