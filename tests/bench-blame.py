#!/usr/bin/env python3
"""bench-blame.py: what it costs to be looked at with `blame: true`.

The same invocations with and without, in turns, the first of a pair changing
each time.  The workers' requests are timed by themselves, and so is a first
collection while they are idle, which under a mark in the header is little but
faults: the worst case.  Beside them the processor time of the workers, which
other load on the machine disturbs least; the run from its start to its end, in
which the accounts are settled; and the faults of the workers.

Medians of the ratios, each of a pair, and half their range.  No time fails; a
run that fails does."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

SUBJECTS = ("mark-header", "mark-side", "refcount", "minimark")
EXPERIMENT = """\
experiment: bench-blame
seed: {seed}
invocations: 1
collections-first: 1
counters: [task-clock]
bursts: 2
requests-per-burst: {requests}
blame: {blame}
matrix:
  subject: [{subject}]
  workload: [{{name: largeobject, strings: distinct, build-every: 10,
              static: {static}, list-count: {lists}}}]
  workers: [2]
"""
ROWS = (("requests", "requests_ms", "ms"),
        ("first collection", "first_ms", "ms"),
        ("processor", "processor_ms", "ms"),
        ("whole run", "run_ms", "ms"), ("faults", "faults", ""))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--requests", type=int, default=80,
                        help="of a burst, of which there are two")
    parser.add_argument("--static", type=int, default=5)
    parser.add_argument("--lists", type=int, default=1600)
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


def processor_ms(workers):
    """Of all workers, from the fork to the last request; None: not counted."""
    clocks = [worker["counters"]["task-clock"].get("raw")
              for worker in workers]
    return None if None in clocks else sum(clocks) / 1e6


def measure(given, subject, seed, blame):
    """What one invocation took, and whether faults could be traced."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "experiment.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXPERIMENT.format(
                seed=seed, requests=given.requests, subject=subject,
                static=given.static, lists=given.lists,
                blame="true" if blame else "false"))
        begun = time.monotonic()
        ended = subprocess.run(
            [os.path.join(given.build, "cowlab"), "run", path, "--quiet",
             "--results", os.path.join(place, "results")],
            capture_output=True, text=True, check=False)
        run_ms = (time.monotonic() - begun) * 1e3
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr.strip())
        (name,) = os.listdir(os.path.join(place, "results"))
        with open(os.path.join(place, "results", name),
                  encoding="utf-8") as file:
            result = json.load(file)
    workers = result["workers"]
    numbers = {
        "requests_ms": sum(burst["ns"] for burst in result["bursts"]) / 1e6,
        "first_ms": sum(worker["collections"][0]["ns"]
                        for worker in workers) / len(workers) / 1e6,
        "processor_ms": processor_ms(workers),
        "run_ms": run_ms,
        "faults": sum(worker["samples"][-1]["minor_faults"]
                      for worker in workers)}
    return numbers, result["blame"]


def print_row(name, unit, pairs, key):
    if any(side[key] is None for pair in pairs for side in pair):
        print(f"  {name}: skipped: not counted")
        return
    off = [pair[0][key] for pair in pairs]
    on = [pair[1][key] for pair in pairs]
    ratios = [b / a for a, b in zip(off, on) if a > 0]
    ratio = (f"{statistics.median(ratios):>9.3f}"
             f"{(max(ratios) - min(ratios)) / 2:>8.3f}" if ratios else
             f"{'-':>9}{'-':>8}")
    print(f"  {name + (', ' + unit if unit else ''):<24}"
          f"{statistics.median(off):>12.1f}{statistics.median(on):>12.1f}"
          f"{ratio}")


def bench(given, subject):
    pairs, blames = [], []
    for repetition in range(given.repetitions):
        pair = [None, None]
        for blame in (repetition % 2 == 1, repetition % 2 == 0):
            pair[blame], told = measure(given, subject, repetition + 1, blame)
            if blame:
                blames.append(told)
        pairs.append(pair)
    print(f"{subject:<26}{'off':>12}{'on':>12}{'on / off':>9}{'+-':>8}")
    for name, key, unit in ROWS:
        print_row(name, unit, pairs, key)
    faults = blames[-1]["sources"]["faults"]
    if not faults["used"]:
        print(f"  faults: skipped: {faults['why']}")
        return
    print(f"  records lost: "
          f"{sum(blame['sources']['faults']['lost'] for blame in blames)}")
    if any(side["processor_ms"] is None for pair in pairs for side in pair):
        return
    slower = [(on["processor_ms"] - off["processor_ms"]) * 1e3 / on["faults"]
              for off, on in pairs]
    print(f"  a fault, us of processor time more: "
          f"{statistics.median(slower):.2f} "
          f"+- {(max(slower) - min(slower)) / 2:.2f}")


def main():
    given = arguments()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
          f"{platform.system()} {platform.release()}; medians of "
          f"{given.repetitions} pairs, {2 * given.requests} requests of 2 "
          f"workers")
    failed = False
    for subject in SUBJECTS:
        try:
            bench(given, subject)
        except (RuntimeError, OSError, KeyError, ValueError,
                IndexError) as error:
            failed = True
            print(f"{subject}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
