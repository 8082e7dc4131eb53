#!/usr/bin/env python3
"""bench-collectors.py: the collectors' own speed, in one run beside their peers.

Every collector program of the build tree, libgc (the collector bdw, where it
is built) and malloc/free run binary-trees and GCBench in turn, a repetition of
all after the other, each in a fresh process.  A row has the median time of the
whole program, its spread, and what it is to the peers'.  Then two ratios that
the laboratory is asked for: how fast a full collection marks, and what an
indirection costs.  No time fails; a program that fails, or builds other trees
than the others, does."""

import argparse
import os
import platform
import statistics
import subprocess
import sys

PEERS = ("malloc/free", "bdw")
MARKING = ("mark-header", "mark-side")
INDIRECTION = ("minimark-indirect", "minimark-side")
OBJECT_BYTES = 64
LIMIT_SECONDS = 300

failures = []


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--depth", type=int, default=16,
                        help="greatest depth of the trees")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--heap-bytes", type=int, default=1 << 30,
                        help="size of the heaps that are marked")
    return parser.parse_args()


def programs(build):
    """Name and path of every program there is, malloc/free last."""
    directory = os.path.join(build, "collectors")
    found = {}
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            found[name] = path
    found["malloc/free"] = os.path.join(build, "tests", "bench-malloc")
    return found


def run(name, path, *words):
    """What `PROGRAM run ...` printed, by key; None if it failed."""
    try:
        ended = subprocess.run([path, "run", *words], capture_output=True,
                               text=True, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print(f"{name}: {' '.join(words)}: over {LIMIT_SECONDS} s",
              file=sys.stderr)
        return None
    if ended.returncode != 0:
        failures.append(name)
        print(f"{name}: {' '.join(words)}: status {ended.returncode}: "
              f"{ended.stderr.strip()}", file=sys.stderr)
        return None
    return dict(line.split() for line in ended.stdout.splitlines())


def measure(found, workload, depth, repetitions):
    """Seconds of each program's repetitions, and how many objects one makes."""
    words = (workload, str(depth // 2 - 1), f"depth={depth}")
    seconds = {name: [] for name in found}
    replies = None
    objects = 0
    for _ in range(repetitions):
        for name, path in reversed(found.items()):
            printed = run(name, path, *words)
            if printed is None:
                continue
            replies = replies or printed["replies"]
            if printed["replies"] != replies:
                failures.append(name)
                print(f"{name}: {workload}: other trees than malloc/free's",
                      file=sys.stderr)
                continue
            objects = int(printed.get("objects", objects))
            seconds[name].append((int(printed["load_ns"]) +
                                  int(printed["serve_ns"])) / 1e9)
    return seconds, objects


def ratio(median, name, peer):
    if name in median and peer in median:
        return f"{median[name] / median[peer]:.2f}"
    return "-"


def print_table(workload, seconds, objects):
    """Prints the rows, the quickest first; returns the medians."""
    median = {name: statistics.median(times)
              for name, times in seconds.items() if times}
    width = max(map(len, seconds))
    print(f"{workload:<{width + 2}}{'ms':>10}{'+-%':>6}" +
          "".join(f"{'/ ' + peer:>15}" for peer in PEERS) +
          f"{'M objects/s':>13}")
    for name in sorted(seconds, key=lambda name: median.get(name, 1e9)):
        if name not in median:
            print(f"  {name:<{width}}{'-':>10}")
            continue
        spread = (max(seconds[name]) - min(seconds[name])) / 2 / median[name]
        print(f"  {name:<{width}}{median[name] * 1e3:>10.1f}{spread * 100:>6.1f}" +
              "".join(f"{ratio(median, name, peer):>15}" for peer in PEERS) +
              f"{objects / median[name] / 1e6:>13.1f}")
    print()
    return median


def print_indirection(medians):
    indirect, direct = INDIRECTION
    ratios = [f"{workload} {ratio(median, indirect, direct)}"
              for workload, median in medians.items()
              if indirect in median and direct in median]
    if ratios:
        print(f"the indirection's cost, {indirect} / {direct}: " +
              ", ".join(ratios))
    else:
        print(f"the indirection's cost: skipped, {indirect} and {direct} are "
              "not both here")


def print_marking(found, heap_bytes, repetitions):
    """A full collection of an idle heap: its marking and its sweep."""
    times = {name: [] for name in MARKING if name in found}
    marked = 0
    for _ in range(repetitions):
        for name in times:
            printed = run(name, found[name], "uniform", "0",
                          f"heap-bytes={heap_bytes}",
                          f"object-bytes={OBJECT_BYTES}")
            if printed is not None:
                times[name].append(int(printed["full_collection_ns"]) / 1e9)
                marked = int(printed["marked_objects"])
    print(f"{f'{heap_bytes >> 20} MiB of live objects':<24}{'ms':>10}"
          f"{'M objects/s':>15}")
    for name, seconds in times.items():
        if seconds:
            median = statistics.median(seconds)
            print(f"  {name:<22}{median * 1e3:>10.1f}"
                  f"{marked / median / 1e6:>15.1f}")
    print()


def main():
    given = arguments()
    found = programs(given.build)
    print(f"{os.cpu_count()} processors, {platform.system()} "
          f"{platform.release()}; medians of {given.repetitions}, "
          f"depth {given.depth}\n")
    medians = {}
    for workload in ("binary-trees", "gcbench"):
        seconds, objects = measure(found, workload, given.depth,
                                   given.repetitions)
        medians[workload] = print_table(workload, seconds, objects)
    print_marking(found, given.heap_bytes, given.repetitions)
    print_indirection(medians)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
