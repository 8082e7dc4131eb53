"""The runtime's collections, as PROTOCOL.md lists them."""

import gc
import time

from python.phases import COLLECT, IDLE, MARK, MINOR, SWEEP
from python.runtime import IS_CPYTHON

LISTED = 64


class Collections:
    """The runtime's collections, noted as they happen."""

    def __init__(self, phases):
        self.phases = phases
        self.state = -1  # of PyPy's full collection, after its last step
        self.start_over()
        if IS_CPYTHON:
            gc.callbacks.append(self.on_callback)
        else:
            gc.hooks.on_gc_minor = self.on_gc_minor
            gc.hooks.on_gc_collect_step = self.on_gc_collect_step

    def start_over(self):
        self.reset("threshold")
        self.started = self.spent = 0
        self.before = IDLE  # the phase that a collection interrupts
        self.counts = {"minor": 0, "full": 0}

    def reset(self, why):
        self.why = why
        self.listed = []
        self.more = 0

    def add(self, kind, start, duration):
        self.counts[kind] += 1
        if len(self.listed) < LISTED:
            self.listed.append(f"{kind}:{start}:{duration}:{self.why}")
        else:
            self.more += 1

    def answer(self):
        text = " collections=" + ",".join(self.listed) if self.listed else ""
        return text + (f" collections_more={self.more}" if self.more else "")

    def on_callback(self, phase, info):  # of CPython
        now = time.monotonic_ns()
        if phase == "start":
            self.before = self.phases.enter(COLLECT, now)
            self.started = now
        else:
            self.phases.enter(self.before, now)
            kind = "full" if info["generation"] == 2 else "minor"
            self.add(kind, self.started, now - self.started)

    # PyPy calls these soon after the fact, with durations in seconds, and once
    # for all that happened meanwhile: first for the young collections, then for
    # the steps of a full one, each of which comes directly after a young one.
    def on_gc_minor(self, stats):
        duration = int(stats.duration * 1e9)
        now = time.monotonic_ns()
        self.phases.note(now, MINOR, duration)
        self.add("minor", now - duration, duration)

    def on_gc_collect_step(self, stats):
        duration = int(stats.duration * 1e9)
        now = time.monotonic_ns()
        self.phases.note(now, self.phase_of(stats), duration)
        if not self.spent:
            self.started = now - duration
        self.spent += duration
        if stats.major_is_done:
            self.add("full", self.started, self.spent)
            self.spent = 0

    def phase_of(self, stats):
        """What the steps did, if all did the same."""
        first = stats.oldstate if stats.count == 1 else self.state
        self.state = stats.newstate
        words = {stats.STATE_SCANNING: MARK, stats.STATE_MARKING: MARK,
                 stats.STATE_SWEEPING: SWEEP}
        phase = words.get(first, COLLECT)
        return phase if phase == words.get(stats.oldstate) else COLLECT
