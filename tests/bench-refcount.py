#!/usr/bin/env python3
"""bench-refcount.py: what is kept with a counted object, and what it costs.

First the bytes of a container: what lies before it and beside the heap, as the
collectors' parts say, and as pages in use; CPython's own, computed, beside
them.  Then cyclic collections in a worker, the generations in lists or in
bitmaps: a full one; a young one whose objects came to fresh memory; and one
whose objects came to holes all over the heap.  `sets` is the share of making
the set that is looked at, and of moving it to the next generation.  Then
requests that read, with the count at each place.  The first time in a worker
breaks what pages it breaks, and is told apart.

Medians, and half the range beside them.  No time fails; a program that fails
does."""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys

import supervisor

OBJECT = 64
LISTS, BITMAPS, SIDE = "refcount", "refcount-bitmap", "refcount-side"
UNCOUNTED = "mark-side"
COLLECTED = [(f"{LISTS}: lists", LISTS, {}),
             (f"{BITMAPS}: a summary", BITMAPS, {}),
             (f"{BITMAPS}: a crawl", BITMAPS, {"partition": "crawl"}),
             (f"{SIDE}: a summary", SIDE, {})]
READ = [("no count", UNCOUNTED, {}),
        ("in the object, links before it", LISTS, {}),
        ("in the object", BITMAPS, {}), ("in a table", SIDE, {})]
READ_SHARE = 200000  # of a million objects; with what leads to them, all pages
YOUNG = 20  # collections of a request, fewer than an answer lists
THRESHOLD = 700  # objects that make a young collection due
ONLY_YOUNG = {"threshold0": THRESHOLD, "threshold1": 1000000,
              "threshold2": 1000000}

failures = []


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--heap-bytes", type=int, default=64 << 20)
    parser.add_argument("--objects", type=int, default=200000,
                        help="containers of each size that are weighed")
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


def middle(values):
    """Median and half the range."""
    return statistics.median(values), (max(values) - min(values)) / 2


def failed(name, why):
    failures.append(name)
    print(f"{name}: {why}", file=sys.stderr)


def weigh(build, name, objects):
    """By number of references, what `bytes-NAME` printed of such containers."""
    program = os.path.join(build, "tests", f"bytes-{name}")
    ended = subprocess.run([program, str(objects)], capture_output=True,
                           text=True, check=False)
    told = ended.stderr.strip()
    if ended.returncode != 0:
        if told.startswith("skipped"):
            print(f"bytes of {name}: {told}")
        else:
            failed(name, told)
        return None
    lines = [dict(word.split("=") for word in line.split())
             for line in ended.stdout.splitlines()]
    return {int(line["references"]): {key: float(value)
                                      for key, value in line.items()}
            for line in lines}


def print_row(what, values, digits=1):
    print(f"  {what:<46}" + "".join(f"{value:>8.{digits}f}" for value in values))


def print_bytes(build, objects):
    weighed = {name: weigh(build, name, objects)
               for name in (LISTS, BITMAPS, SIDE)}
    weighed = {name: found for name, found in weighed.items() if found}
    if not weighed:
        return
    references = sorted(next(iter(weighed.values())))
    print(f"{'bytes of a container, by its references':<48}" +
          "".join(f"{count:>8}" for count in references))
    # Three words, that a long double in their union rounds up to 32 bytes; two
    # since 3.8.  Then the count and the type.  Not rounded to a size class.
    for version, head in (("3.6", 32), ("3.8", 16)):
        print_row(f"CPython {version}, computed: {head} + 16",
                  [head + 16 + 8 * count for count in references], 0)
    whole = {}
    for name, found in weighed.items():
        lines = [found[count] for count in references]
        before = lines[0]["links"] + lines[0]["count"]
        print_row(f"{name}, computed: {before:.0f} + 8",
                  [before + line["header"] + 8 * count
                   for count, line in zip(references, lines)], 0)
        print_row("  in a cell", [line["cell"] for line in lines], 0)
        print_row(f"  beside the heap, {lines[0]['bits']:.0f} bits for 16 bytes",
                  [line["bits"] / 8 * line["cell"] / 16 for line in lines])
        print_row("  measured, among the objects",
                  [line["objects"] for line in lines])
        print_row("  measured, beside them", [line["beside"] for line in lines])
        print_row("  more during a full collection, computed",
                  [line["collecting"] / 8 * line["cell"] / 16
                   for line in lines])
        whole[name] = [line["objects"] + line["beside"] for line in lines]
    for name in (BITMAPS, SIDE):
        if name in whole and LISTS in whole:
            saved = [old - new for old, new in zip(whole[LISTS], whole[name])]
            print_row(f"{name} saves, measured", saved)
            print_row("  on the average of them", [statistics.mean(saved)])
    print()


def usable(rows, build):
    """The rows whose programs run: name, path, options.  Tells of the others."""
    found = []
    for name, program, options in rows:
        path = os.path.join(build, "collectors", program)
        tried = subprocess.run(
            [path, "run", "uniform", "1", "heap-bytes=65536",
             *(f"option.{key}={value}" for key, value in options.items())],
            capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            found.append((name, path, options))
        else:
            failed(name, tried.stderr.strip())
    return found


class Worker:
    """A worker of a template that holds the heap of `uniform`."""

    def __init__(self, path, options, heap_bytes, **settings):
        self.subject = supervisor.Subject(path)
        options = {f"option.{key}": value for key, value in options.items()}
        self.subject.load("uniform", 1, **settings,
                          **{"heap-bytes": heap_bytes, "object-bytes": OBJECT},
                          **{"option.reserve": 8 * heap_bytes + (64 << 20)},
                          **options)
        self.subject.template.ask("prepare gc", r"prepared ns=\d+")
        self.subject.fork(1)
        self.worker = self.subject.workers[0]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.subject.process.kill()
        self.subject.process.wait()
        self.subject.close()

    def serve(self, number):
        """Nanoseconds of a request, and of the young collections in it."""
        told = self.worker.ask(f"serve {number} 1", r"served ns=(\d+) (.*)")
        listed = re.findall(r"minor:\d+:(\d+):", told[2])
        return int(told[1]), [int(ns) for ns in listed]

    def full(self):
        return int(self.worker.ask("collect full",
                                   r"collected ns=(\d+).*")[1])

    def sets(self):
        """Nanoseconds and steps of partitioning so far."""
        told = self.worker.ask("stats", r"stats(.*)")[1]
        return [int(re.search(rf" (?:{name})=(\d+)", told)[1])
                for name in ("partition_ns",
                             "bitmap_words_scanned|list_moves")]


def collect_full(path, options, heap_bytes):
    """Milliseconds of the first full collection in a worker, and of the second;
    of this those of its sets, and their steps."""
    with Worker(path, options, heap_bytes) as worker:
        first = worker.full()
        before = worker.sets()
        second = worker.full()
        after = worker.sets()
        return (first / 1e6, second / 1e6, (after[0] - before[0]) / 1e6,
                after[1] - before[1])


def collect_young(path, options, heap_bytes, **settings):
    """Microseconds of a young collection, on the average, and of its sets; and
    their steps."""
    kept = THRESHOLD * YOUNG + THRESHOLD // 2
    objects = heap_bytes // OBJECT
    share = min(1000000, kept * 1000000 // objects + 1)
    with Worker(path, {**options, **ONLY_YOUNG}, heap_bytes, read=0,
                allocate=share, **settings) as worker:
        worker.serve(0)
        before = worker.sets()
        _, collections = worker.serve(1)
        after = worker.sets()
        count = len(collections)
        return (statistics.mean(collections) / 1e3,
                (after[0] - before[0]) / count / 1e3,
                (after[1] - before[1]) / count)


def read(path, options, heap_bytes):
    """Milliseconds of the first request in a worker, and of the third."""
    with Worker(path, options, heap_bytes, read=READ_SHARE, allocate=0) as worker:
        first, _ = worker.serve(0)
        worker.serve(1)
        return first / 1e6, worker.serve(2)[0] / 1e6


def each_in_turn(rows, repetitions, measure, *given, **settings):
    """Values by row: what measure(path, options, ...) returned, a repetition of
    all after the other."""
    values = {name: [] for name, _, _ in rows}
    for _ in range(repetitions):
        for name, path, options in rows:
            try:
                values[name].append(measure(path, options, *given, **settings))
            except (AssertionError, OSError, TypeError,
                    statistics.StatisticsError) as error:
                failed(name, error)
    return values


def print_times(title, columns, values):
    """A row for each, with the medians of its columns; a count has no range."""
    print(f"{title:<40}" + "".join(
        f"{name:>10}" + ("" if name == "steps" else f"{'+-':>8}")
        for name in columns))
    for row, found in values.items():
        line = f"  {row:<38}"
        for name, column in zip(columns, zip(*found)):
            value, spread = middle(column)
            line += (f"{value:>10.0f}" if name == "steps" else
                     f"{value:>10.2f}{spread:>8.2f}")
        print(line)
    print()


def main():
    given = arguments()
    heap, times = given.heap_bytes, given.repetitions
    print(f"{os.cpu_count()} processors, {platform.system()} "
          f"{platform.release()}; medians of {times}, heap of {heap >> 20} MiB "
          f"of {OBJECT}-byte objects\n")
    print_bytes(given.build, given.objects)

    rows = usable(COLLECTED, given.build)
    print_times("a full cyclic collection",
                ("first, ms", "later, ms", "sets, ms", "steps"),
                each_in_turn(rows, times, collect_full, heap))
    for where, settings in (("fresh memory", {}),
                            ("holes", {"drop": 500000})):
        print_times(f"a young one, objects in {where}",
                    ("us", "sets, us", "steps"),
                    each_in_turn(rows, times, collect_young, heap, **settings))
    print("steps: containers moved between lists one by one, or words of "
          "bitmaps looked at\n")
    print_times("reading, the count", ("first, ms", "later, ms"),
                each_in_turn(usable(READ, given.build), times, read, heap))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
