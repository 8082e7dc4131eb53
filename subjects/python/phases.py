"""What a worker does when (PROTOCOL.md, "Phases")."""

import itertools
import time

PHASES = ("idle", "start", "request", "collect", "minor", "mark", "sweep")
IDLE, START, REQUEST, COLLECT, MINOR, MARK, SWEEP = range(len(PHASES))
LISTED = 16384


class PhaseLog:
    """What a worker does when, noted once somebody asks.

    It lies in memory that holds no object and that the template never touches:
    a worker has a page more for 170 phases, and breaks none for them.  A
    collection may begin anywhere in here, and is noted meanwhile."""

    def __init__(self):
        self.memory = self.record = None
        self.is_on = False
        self.now = IDLE
        self.slots = itertools.count()
        self.taken = 0

    def make_room(self):
        if self.memory is None:
            import mmap  # which a run without phases has no use for
            import struct
            self.record = struct.Struct("qiiq")
            self.memory = mmap.mmap(
                -1, self.record.size * LISTED,
                flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def begin(self):
        self.is_on = self.memory is not None

    def note(self, when, phase, duration=0):
        """A phase that begins, or that has ended and lasted so long."""
        if not self.is_on:
            return
        slot = next(self.slots)
        if slot - self.taken < LISTED:
            self.record.pack_into(
                self.memory, slot % LISTED * self.record.size, when,
                phase, self.now, duration)

    def enter(self, phase, when=0):
        """Returns the phase before."""
        before, self.now = self.now, phase
        self.note(when or time.monotonic_ns(), phase)
        return before

    def take(self):
        """The records since the last time, and how many found no room."""
        end = next(self.slots)
        count = min(end - self.taken, LISTED)
        records = [self.record.unpack_from(
            self.memory, slot % LISTED * self.record.size)
            for slot in range(self.taken, self.taken + count)]
        more = end - self.taken - count
        self.taken = end + 1
        return sorted(records, key=lambda record: record[0]), more

    def answer(self):
        records, more = self.take()
        starts = "".join(f" {PHASES[phase]}={start}"
                         for start, phase in in_order(records))
        return starts + (f" more={more}" if more else "")


def in_order(records):
    """The phases with their starts, from the records of a log."""
    starts, young = [], 0  # how long the last one lasted, if it was such

    def add(start, phase):
        starts.append((max(start, starts[-1][0]) if starts else start, phase))

    for when, phase, now, duration in records:
        start = when - duration
        if young and duration and start < starts[-1][0]:
            # A step of a full collection, noted together with the young one
            # that came before it; or several, which took turns with these.
            del starts[-2:]
            if phase == COLLECT:
                start -= young
            else:
                add(start - young, MINOR)
        add(start, phase)
        if duration:
            add(when, now)
        young = duration if phase == MINOR else 0
    return starts
