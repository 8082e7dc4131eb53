#!/usr/bin/env python3
"""bench-looking.py: what each way of looking at workers costs them.

The same invocation is run in variants that differ in what is looked at: nothing
but the first sample and the last; the events counted by no counter; samples
(pagemap and smaps_rollup) at all the usual points; and each source of blame
alone, then all at once.  A repetition runs all variants of all subjects in an
order shuffled anew, so that a drift of the machine falls on all alike; ratios
are to `nothing` of the same repetition.

The workers' requests are timed by themselves, and so is a first collection
while they are idle, which under a mark in the header is little but faults: the
worst case.  Beside them the processor time of the workers, which other load on
the machine disturbs least; the run from its start to its end, in which the
accounts are settled; the faults; and what the processor time comes to for each
of them.

Medians, and half their range.  No time fails; a run that fails does."""

import argparse
import glob
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time

SUBJECTS = ("mark-header", "mark-side", "refcount", "minimark")
NOTHING = {"counters": "[task-clock]", "sample": "[1000000000]"}
SOURCES = "faults", "phases", "writes", "bytes"


def with_sources(sources):
    return {"blame": "true", "blame-sources": f"[{', '.join(sources)}]"}


# What each says otherwise than `nothing`.
VARIANTS = {
    "nothing": {},
    "no counter": {"counters": "[]"},
    "samples": {"sample": "[1, 2, 3, 5, 10, 20, 50, 100]"},
    **{source: with_sources([source]) for source in SOURCES},
    "all": {**with_sources(SOURCES), "sample": "[1, 2, 3, 5, 10, 20, 50, 100]"},
}
EXPERIMENT = """\
experiment: bench-looking
seed: {seed}
invocations: 1
collections-first: 1
bursts: 1
requests-per-burst: {requests}
{variant}
matrix:
  subject: [{subject}]
  workload: [{{name: largeobject, strings: distinct, build-every: 10,
              static: {static}, list-count: {lists}}}]
  workers: [2]
"""
# Head, key, unit, and the factor that brings the key to the unit.
COLUMNS = (("requests", "requests_ns", "ms", 1e-6),
           ("processor", "processor_ns", "ms", 1e-6),
           ("collection", "first_ns", "ms", 1e-6),
           ("run", "run_ns", "ms", 1e-6), ("faults", "faults", "", 1))
WIDTH = 16


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--subjects", nargs="+", default=SUBJECTS)
    parser.add_argument("--requests", type=int, default=160)
    parser.add_argument("--static", type=int, default=5)
    parser.add_argument("--lists", type=int, default=1600)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def run(given, subject, variant, seed):
    """The result of one invocation, and how long all of it took."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "experiment.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXPERIMENT.format(
                seed=seed, subject=subject, requests=given.requests,
                static=given.static, lists=given.lists,
                variant="\n".join(f"{key}: {value}" for key, value in
                                  {**NOTHING, **VARIANTS[variant]}.items())))
        begun = time.monotonic_ns()
        ended = subprocess.run(
            [os.path.join(given.build, "cowlab"), "run", path, "--quiet",
             "--results", os.path.join(place, "results")],
            capture_output=True, text=True, check=False)
        took = time.monotonic_ns() - begun
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr.strip())
        (name,) = glob.glob(os.path.join(place, "results", "*.json"))
        with open(name, encoding="utf-8") as file:
            return json.load(file), took


def processor_ns(workers):
    """Of all workers, from the fork to the last request; None: not counted."""
    clocks = [worker["counters"].get("task-clock", {}).get("raw")
              for worker in workers]
    return None if None in clocks else sum(clocks)


def measure(given, subject, variant, seed):
    result, took = run(given, subject, variant, seed)
    workers = result["workers"]
    sources = (result["blame"] or {"sources": {}})["sources"]
    refused = [f"{name}: {source['why']}" for name, source in sources.items()
               if name in VARIANTS[variant].get("blame-sources", "")
               and not source["used"]]
    return {
        "requests_ns": sum(burst["ns"] for burst in result["bursts"]),
        "first_ns": sum(worker["collections"][0]["ns"]
                        for worker in workers) / len(workers),
        "processor_ns": processor_ns(workers), "run_ns": took,
        "faults": sum(worker["samples"][-1]["minor_faults"]
                      for worker in workers),
        "lost": sources.get("faults", {}).get("lost"), "refused": refused}


def middle(values):
    """The median and half the range."""
    return statistics.median(values), (max(values) - min(values)) / 2


def told(pairs, key, unit, factor, is_base):
    """Of the base its median, of the others the ratio to it."""
    pairs = [(base[key], own[key]) for base, own in pairs]
    if any(value is None for pair in pairs for value in pair):
        return "-"
    if is_base:
        return f"{middle([own for _, own in pairs])[0] * factor:.1f} {unit}"
    ratios = [own / base for base, own in pairs if base > 0]
    if not ratios:
        return "-"
    return "{:.3f} +- {:.3f}".format(*middle(ratios))


def a_fault(pairs):
    """Processor time beyond the base's, by faults."""
    if any(side["processor_ns"] is None or not side["faults"]
           for pair in pairs for side in pair):
        return "-"
    return "{:.2f} +- {:.2f}".format(*middle(
        [(own["processor_ns"] - base["processor_ns"]) / 1e3 / own["faults"]
         for base, own in pairs]))


def print_row(name, cells):
    print(f"{name:<14}" + "".join(f"{cell:>{WIDTH}}" for cell in cells))


def show(subject, measured):
    print()
    print_row(subject, [head for head, *_ in COLUMNS]
              + ["a fault, us", "lost"])
    for variant in VARIANTS:
        pairs = list(zip(measured["nothing"], measured[variant]))
        refused = {why for _, own in pairs for why in own["refused"]}
        if refused:
            print(f"  {variant}: skipped: {'; '.join(sorted(refused))}")
            continue
        is_base = variant == "nothing"
        lost = [own["lost"] for _, own in pairs if own["lost"] is not None]
        print_row(f"  {variant}",
                  [told(pairs, key, unit, factor, is_base)
                   for _, key, unit, factor in COLUMNS]
                  + ["-" if is_base else a_fault(pairs),
                     str(sum(lost)) if lost else "-"])


def main():
    given = arguments()
    shuffler = random.Random(given.seed)
    measured = {subject: {variant: [] for variant in VARIANTS}
                for subject in given.subjects}
    failed = {}
    for repetition in range(given.repetitions):
        order = [(subject, variant) for subject in given.subjects
                 for variant in VARIANTS]
        shuffler.shuffle(order)
        for subject, variant in order:
            if subject in failed:
                continue
            try:
                measured[subject][variant].append(
                    measure(given, subject, variant, given.seed + repetition))
            except (RuntimeError, OSError, KeyError, ValueError,
                    IndexError) as error:
                failed[subject] = f"{variant}: {error}"
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
          f"{platform.system()} {platform.release()}; medians of "
          f"{given.repetitions} repetitions, {given.requests} requests of 2 "
          f"workers; ratios to `nothing`")
    for subject in given.subjects:
        if subject in failed:
            print(f"{subject}: {failed[subject]}", file=sys.stderr)
        else:
            show(subject, measured[subject])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
