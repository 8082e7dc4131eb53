#!/usr/bin/env python3
"""python.py: the adapter that makes CPython 3 or PyPy 3 a subject of cowlab.

One script for both: it speaks subjects/PROTOCOL.md and serves the workload
largeobject, written as one would write it in Python.  It imports little, as
its process is the one that is measured.
"""

import gc
import itertools
import os
import socket
import sys
import time

NAME = "CPython" if sys.implementation.name == "cpython" else "PyPy"
VERSION = f"CPython {sys.version.split()[0]}" if NAME == "CPython" else (
    "PyPy %d.%d.%d (%s)" % (sys.pypy_version_info[:3]
                            + (sys.version.split()[0],)))

PREPARE = {"gc": ("a full collection", gc.collect)}
if hasattr(gc, "freeze"):
    PREPARE["freeze"] = ("gc.freeze(): the collector leaves alone whatever "
                         "exists at the fork", gc.freeze)
PREPARE["disable"] = ("gc.disable(): collections only when asked for",
                      gc.disable)

# name: (default, minimum, maximum, unit, meaning), as in workloads/largeobject.h
INTEGERS = {
    "static": (5, 0, 1000, "objects", "large objects built in the template"),
    "kept": (3, 0, 100, "objects", "large objects that a worker keeps alive"),
    "list-count": (1600, 0, 100000, "lists",
                   "lists in a large object; the i-th holds i references"),
    "string-count": (64000, 0, 10000000, "strings",
                     "length of the list of strings in a large object"),
    "string-bytes": (8, 1, 4096, "bytes", "length of every string"),
    "build-every": (1, 1, 1000000, "requests", "one in so many requests "
                    "builds a large object, the others read"),
    "walk-lists": (200, 0, 1000000, "lists",
                   "lists that a reading request visits"),
}
# name: (default, choices, meaning)
CHOICES = {
    "strings": ("shared", ("shared", "distinct"),
                "one string for the whole list of strings, or an object for "
                "each (Python itself shares strings of one character)"),
    "lists": ("inline", ("inline", "split"),
              "no effect: how a list lies in memory is the runtime's choice"),
}

COUNT_MAXIMUM = 4096
LINE_MAXIMUM = 1 << 20
COLLECTIONS_LISTED = 64
PHASES = ("idle", "start", "request", "collect", "minor", "mark", "sweep")
IDLE, START, REQUEST, COLLECT, MINOR, MARK, SWEEP = range(len(PHASES))
PHASES_LISTED = 16384
MASK = (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    return z ^ (z >> 31)


def random_numbers(seed, worker, request):
    state = mix(seed) ^ mix((worker << 32) + request + 1)
    while True:
        state = (state + 0x9e3779b97f4a7c15) & MASK
        yield mix(state)


def number(text, minimum, maximum):
    if not (text.isascii() and text.isdigit()
            and minimum <= int(text) <= maximum):
        raise ValueError(f"'{text}' is not an integer from {minimum} to "
                         f"{maximum}")
    return int(text)


def due_times(count, at, start, how, text):
    """When each of the requests is due, in ns of the monotonic clock."""
    start = number(start, 0, MASK >> 4)
    if at == "at" and how == "every":
        interval = number(text, 0, MASK >> 4)
        return [start + i * interval for i in range(count)]
    if at != "at" or how != "plus":
        raise ValueError("expected at T every NS, or at T plus NS,NS,...")
    offsets = [number(item, 0, MASK >> 4) for item in text.split(",")]
    if len(offsets) != count or offsets != sorted(offsets):
        raise ValueError(f"expected {count} numbers that do not fall")
    return [start + offset for offset in offsets]


def wait_until(due):
    """Returns the time, which is not before."""
    now = time.monotonic_ns()
    while now < due:
        time.sleep((due - now) / 1e9)
        now = time.monotonic_ns()
    return now


class LargeObject:
    """The workload of the 2018 study: large objects made, the last kept."""

    def __init__(self, seed, settings):
        self.seed = seed
        self.settings = settings
        self.string = "s" * settings["string-bytes"]
        self.kept = []
        self.static = [self.build() for _ in range(settings["static"])]

    def build(self):
        string, size = self.string, self.settings["string-bytes"]
        lists = [[string] * i
                 for i in range(1, self.settings["list-count"] + 1)]
        if self.settings["strings"] == "shared":
            strings = [string] * self.settings["string-count"]
        else:
            strings = [chr(97 + j % 26) * size
                       for j in range(self.settings["string-count"])]
        return lists, strings

    def request(self, worker, request):
        if (request + 1) % self.settings["build-every"]:
            return self.walk(random_numbers(self.seed, worker, request))
        built = self.build()
        self.kept.append(built)
        if len(self.kept) > self.settings["kept"]:
            del self.kept[0]
        lists, strings = built
        last = len(lists[-1]) if lists else 0
        return mix((len(lists) * 1000003 + len(strings) + last) & MASK)

    def walk(self, numbers):
        if not self.static or not self.settings["list-count"]:
            return mix(0)
        total = 0
        for _ in range(self.settings["walk-lists"]):
            lists = self.static[next(numbers) % len(self.static)][0]
            visited = lists[next(numbers) % len(lists)]
            for string in visited:
                total += ord(string[0])
            total += len(visited)
        if self.settings["string-count"]:
            strings = self.static[next(numbers) % len(self.static)][1]
            for j in range(next(numbers) % 64, len(strings), 64):
                total += ord(strings[j][0])
        return mix(total & MASK)

    def checksum(self):
        h = 0
        for lists, strings in self.static + self.kept:
            for items in lists:
                h = mix(h ^ len(items))
            for string in strings:
                h = mix(h ^ (ord(string[0]) + 256 * len(string)))
        return h


def join(numbers):
    return ",".join(map(str, numbers))


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
                -1, self.record.size * PHASES_LISTED,
                flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def begin(self):
        self.is_on = self.memory is not None

    def note(self, when, phase, duration=0):
        """A phase that begins, or that has ended and lasted so long."""
        if not self.is_on:
            return
        slot = next(self.slots)
        if slot - self.taken < PHASES_LISTED:
            self.record.pack_into(
                self.memory, slot % PHASES_LISTED * self.record.size, when,
                phase, self.now, duration)

    def enter(self, phase, when=0):
        """Returns the phase before."""
        before, self.now = self.now, phase
        self.note(when or time.monotonic_ns(), phase)
        return before

    def take(self):
        """The records since the last time, and how many found no room."""
        end = next(self.slots)
        count = min(end - self.taken, PHASES_LISTED)
        records = [self.record.unpack_from(
            self.memory, slot % PHASES_LISTED * self.record.size)
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


class Collections:
    """The runtime's collections, noted as they happen."""

    def __init__(self, phases):
        self.phases = phases
        self.state = -1  # of PyPy's full collection, after its last step
        self.start_over()
        if NAME == "CPython":
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
        if len(self.listed) < COLLECTIONS_LISTED:
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


class Process:
    """One process of the subject, in conversation with the supervisor."""

    def __init__(self, introduction):
        path = os.environ["COWLAB_SOCKET"]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect("\0" + path[1:] if path[0] == "@" else path)
        self.stream = self.socket.makefile("rb")
        self.send(f"hello cowlab=1 {introduction} pid={os.getpid()}")

    def send(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def converse(self):
        """Answers requests for ever; a lost connection ends the process."""
        status = 1
        try:
            while status:
                line = self.stream.readline(LINE_MAXIMUM + 1)
                if line[-1:] != b"\n":
                    break
                answer = self.answer(line)
                self.send(answer)
                status = 0 if answer == "bye" else 1
        except OSError:
            pass
        # No finaliser runs: freeing the heap would break every page of it.
        os._exit(status)

    def answer(self, line):
        try:
            word, *arguments = line.decode().rstrip("\n").split(" ")
            handler = getattr(self, "do_" + word, None)
            if handler is None:
                return f"error unknown request '{word[:80]}'"
            return handler(*arguments)
        except Exception as fault:
            text = " ".join(str(fault).split())
            return f"error {type(fault).__name__}: {text}"

    def do_quit(self):
        return "bye"

    def do_describe(self, *addresses):
        return "described"  # addresses are not known here


class Template(Process):
    def __init__(self):
        super().__init__("role=template")
        self.phases = PhaseLog()
        self.collections = Collections(self.phases)
        self.workload = None
        self.forked = 0

    def loaded(self):
        if self.workload is None:
            raise ValueError("nothing is loaded")
        return self.workload

    def do_load(self, *pairs):
        if self.workload is not None:
            raise ValueError("loaded already")
        given = dict(pair.split("=", 1) for pair in pairs)
        if given.pop("workload", None) != "largeobject":
            raise ValueError("the workload of this subject is largeobject")
        seed = number(given.pop("seed", ""), 0, MASK)
        settings = {name: row[0]
                    for name, row in {**INTEGERS, **CHOICES}.items()}
        for name, text in given.items():
            if name in INTEGERS:
                settings[name] = number(text, *INTEGERS[name][1:3])
            elif name in CHOICES and text in CHOICES[name][1]:
                settings[name] = text
            else:
                raise ValueError(f"'{name}={text}' is not a known setting")
        start = time.monotonic_ns()
        self.workload = LargeObject(seed, settings)
        return f"loaded ns={time.monotonic_ns() - start}"

    def do_prepare(self, step):
        if step not in PREPARE:
            raise ValueError(f"{NAME} has no step '{step}'")
        start = time.monotonic_ns()
        PREPARE[step][1]()
        return f"prepared ns={time.monotonic_ns() - start}"

    def do_regions(self):
        return "regions"

    def do_layout(self):
        return "layout"

    def do_check(self):
        return f"checked graph={self.loaded().checksum():016x}"

    def do_phases(self):
        self.phases.make_room()
        return "phases"  # workers log theirs, the template none

    def do_fork(self, text):
        workload, pids, longest = self.loaded(), [], 0
        for _ in range(number(text, 1, 1000)):
            start = time.monotonic_ns()
            pid = os.fork()
            longest = max(longest, time.monotonic_ns() - start)
            if not pid:
                self.become_worker(workload)
            pids.append(str(pid))
            self.forked += 1
        return f"forked ns={longest} pids={','.join(pids)}"

    def become_worker(self, workload):
        self.phases.begin()
        self.phases.enter(START)
        try:
            self.stream.close()
            self.socket.close()
            Worker(self.forked, workload, self.phases,
                   self.collections).converse()
        finally:
            os._exit(1)

    def do_reap(self):
        ended = ["reaped"]
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                ended.append(f"{pid}:signal:{os.WTERMSIG(status)}"
                             if os.WIFSIGNALED(status)
                             else f"{pid}:exit:{os.WEXITSTATUS(status)}")
        except ChildProcessError:
            pass
        return " ".join(ended)

    def do_stats(self):
        return stats(self.collections, forked=self.forked)


class Worker(Process):
    def __init__(self, index, workload, phases, collections):
        super().__init__(f"role=worker index={index}")
        self.index = index
        self.workload = workload
        self.phases = phases
        self.collections = collections
        collections.start_over()
        self.replies = self.requests = 0
        phases.enter(IDLE)

    def do_serve(self, first, count, *schedule):
        first = number(first, 0, (1 << 32) - 1)
        count = number(count, 1, COUNT_MAXIMUM)
        due = due_times(count, *schedule) if schedule else None
        latencies, responses, clock = [], [], time.monotonic_ns
        self.collections.reset("threshold")
        start = before = clock()
        self.phases.enter(REQUEST)
        for i in range(count):
            if due and before < due[i]:
                before = wait_until(due[i])
                start = start if i else before
            reply = self.workload.request(self.index, first + i)
            now = clock()
            latencies.append(now - before)
            if due:
                responses.append(now - due[i])
            self.replies = mix(self.replies ^ reply)
            before = clock()
        self.phases.enter(IDLE)
        self.requests += count
        answer = f"served ns={now - start} latency_ns={join(latencies)}"
        if due:
            answer += f" response_ns={join(responses)}"
        return answer + self.collections.answer()

    def do_collect(self, kind):
        # Only CPython lets a program ask for a collection of the young alone.
        collect = {"full": gc.collect}
        if NAME == "CPython":
            collect["minor"] = lambda: gc.collect(0)
        if kind not in collect:
            raise ValueError(f"{NAME} has no '{kind}' collection to ask for")
        self.collections.reset("asked")
        start = time.monotonic_ns()
        collect[kind]()
        duration = time.monotonic_ns() - start
        return f"collected ns={duration}" + self.collections.answer()

    def do_phases(self):
        if not self.phases.is_on:
            return "error nobody asked before the fork"
        return "phases" + self.phases.answer()

    def do_check(self):
        return (f"checked graph={self.workload.checksum():016x} "
                f"replies={self.replies:016x}")

    def do_stats(self):
        return stats(self.collections, requests=self.requests,
                     kept=len(self.workload.kept))


def stats(collections, **counters):
    for kind, count in collections.counts.items():
        counters[f"{kind}_collections"] = count
    if NAME == "CPython":
        for generation, row in enumerate(gc.get_stats()):
            for key, value in row.items():
                counters[f"generation{generation}_{key}"] = value
    return "stats" + "".join(f" {key}={n}" for key, n in counters.items())


def describe():
    facts = [("cowlab-subject", 1), ("subject", NAME.lower()),
             ("about", f"{NAME} 3, with the workload written in Python"),
             ("stands-for", NAME), ("version", VERSION)]
    facts += [("prepare", step, row[0]) for step, row in PREPARE.items()]
    facts.append(("workload", "largeobject",
                  "the 2018 study: large objects made, and the last three "
                  "kept"))
    for name, (default, low, high, unit, meaning) in INTEGERS.items():
        facts.append(("parameter", "largeobject", name, "integer", default,
                      low, high, unit, meaning))
    for name, (default, choices, meaning) in CHOICES.items():
        facts.append(("parameter", "largeobject", name, "choice", default,
                      "|".join(choices), "-", "-", meaning))
    for fact in facts:
        print(*fact, sep="\t")


def main():
    if sys.argv[1:] == ["--describe"]:
        describe()
    elif sys.argv[1:] or "COWLAB_SOCKET" not in os.environ:
        sys.exit("python.py: cowlab starts this program, with COWLAB_SOCKET "
                 "set; by hand it can only do python.py --describe")
    else:
        Template().converse()


main()
