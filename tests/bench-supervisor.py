#!/usr/bin/env python3
"""bench-supervisor.py: what the supervisor itself costs.

Its processor time while subjects run, as a share of one processor, by workers
and kind of load; the time between the end of one invocation and the start of
the next, which is all of a run that no invocation has; and what it takes to
fork and sample many workers.  Nothing fails by its time; a run that fails
does."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

EXPERIMENT = """\
experiment: bench-supervisor
seed: 1
invocations: {invocations}
timeout: 120
bursts: {bursts}
requests-per-burst: {requests}
sample: [1]
{keys}
matrix:
  subject: [mark-side]
  workload: [{{name: largeobject, list-count: {lists}, string-count: 1000,
              static: 1, build-every: 10}}]
  workers: [{workers}]
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--requests", type=int, default=400,
                        help="of a worker, in two bursts")
    parser.add_argument("--invocations", type=int, default=10)
    parser.add_argument("--lists", type=int, default=400)
    parser.add_argument("--many", type=int, default=500,
                        help="workers of the run with many")
    return parser.parse_args()


def run(given, workers, requests, invocations, keys=""):
    """The results of a run, and its wall time in ns."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "experiment.yaml")
        results = os.path.join(place, "results")
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXPERIMENT.format(
                workers=workers, requests=workers * requests // 2,
                invocations=invocations, keys=keys, lists=given.lists,
                bursts=2))
        begun = time.monotonic_ns()
        ended = subprocess.run(
            [os.path.join(given.build, "cowlab"), "run", path, "--quiet",
             "--results", results],
            capture_output=True, text=True, check=False)
        spent = time.monotonic_ns() - begun
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr.strip())
        found = []
        for name in sorted(os.listdir(results)):
            if name.endswith(".json"):
                with open(os.path.join(results, name),
                          encoding="utf-8") as file:
                    found.append(json.load(file))
    return found, spent


def shares(results):
    serving = [100 * result["supervisor"]["serving_share"]
               for result in results]
    whole = [100 * result["supervisor"]["ns"] / result["wall_ns"]
             for result in results]
    return statistics.median(serving), statistics.median(whole)


def print_shares(given):
    print(f"{'load':<34}{'serving':>10}{'all':>10}  "
          f"(% of one processor, medians of {given.invocations})")
    for workers in (1, 4, 16):
        results, _ = run(given, workers, given.requests, given.invocations)
        serving, whole = shares(results)
        print(f"closed, {workers:>2} workers{'':<17}{serving:>10.2f}"
              f"{whole:>10.2f}")
    results, _ = run(given, 4, given.requests, given.invocations,
                     "arrivals: {poisson: 400}")
    serving, whole = shares(results)
    print(f"{'poisson 400/s,  4 workers':<34}{serving:>10.2f}{whole:>10.2f}")


def print_between(given):
    """All of a run but its invocations, for each of these."""
    results, spent = run(given, 4, 8, 3 * given.invocations)
    inside = sum(result["wall_ns"] for result in results)
    print(f"between two invocations: {(spent - inside) / len(results) / 1e6:.1f}"
          f" ms, its start and table included, beside "
          f"{inside / len(results) / 1e6:.1f} ms of an invocation")


def print_many(given):
    results, spent = run(given, given.many, 2, 1)
    result = results[0]
    sampling = result["sampling"]
    print(f"{given.many} workers: {spent / 1e9:.1f} s in all, the longest fork "
          f"{result['template']['fork_ns'] / 1e6:.2f} ms, "
          f"{sampling['samples']} samples of "
          f"{sampling['ns'] / sampling['samples'] / 1e6:.2f} ms each, "
          f"{result['supervisor']['ns'] / 1e9:.1f} s of the processor for the "
          f"supervisor")


def main():
    given = arguments()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
          f"{platform.system()} {platform.release()}")
    try:
        print_shares(given)
        print_between(given)
        print_many(given)
    except (RuntimeError, OSError, KeyError, ValueError,
            TypeError) as error:
        print(f"bench-supervisor: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
