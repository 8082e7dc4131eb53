#!/usr/bin/env python3
"""bench-watch.py: what it costs to watch a large server with `cowlab watch`.

A template of 256 MiB forks 64 workers.  Looks in a row, as fast as they go,
tell what one costs and how far apart they must be to take 1 percent of the
time; then the server is watched as it is by default, and the duty that it came
to is what the second look says of the first, and what the processor time of
cowlab says of both.

One worker serves requests, which read and allocate, while the others sleep: in
turns while nobody looks and while looks follow upon each other without pause.
What it serves less then, it loses to the looks themselves, to the locks that
they hold and the caches that they fill, for the machine has a processor for
each of the two; at 1 percent it is a hundredth of that."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import supervisor

SEED = 1
REQUESTS = 100  # of one question to a worker
ALWAYS = ("--duty", "100", "--interval", "1ms")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--looks", type=int, default=9)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--turn-seconds", type=float, default=1)
    return parser.parse_args()


def watch_command(given, pid, *words):
    return [os.path.join(given.build, "cowlab"), "watch", "--json", *words,
            str(pid)]


def looks(given, pid, *words):
    """The looks of a watch, and the processor time that all of it took."""
    before = os.times()
    ended = subprocess.run(watch_command(given, pid, *words), text=True,
                           capture_output=True, check=False)
    after = os.times()
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr.strip())
    used = (after.children_user - before.children_user
            + after.children_system - before.children_system)
    return [json.loads(line) for line in ended.stdout.splitlines()], used


def serve(worker, seconds, first):
    """Requests in so many seconds; returns how many, and their rate."""
    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        worker.ask(f"serve {first + count} {REQUESTS}", r"served .+")
        count += REQUESTS
    return count, count / (time.monotonic() - begun)


def turns(given, subject):
    """Pairs of rates: without looks, and with one after the other."""
    worker, served, pairs = subject.workers[0], 0, []
    count, _ = serve(worker, given.turn_seconds, served)  # until all is warm
    served += count
    for turn in range(given.turns):
        pair = [None, None]
        for looked_at in (turn % 2 == 1, turn % 2 == 0):
            watching = subprocess.Popen(
                watch_command(given, subject.process.pid, *ALWAYS),
                stdout=subprocess.DEVNULL) if looked_at else None
            count, pair[looked_at] = serve(worker, given.turn_seconds, served)
            served += count
            if watching:
                watching.terminate()
                watching.wait()
        pairs.append(pair)
    return pairs


def bench(given, subject):
    pid = subject.process.pid
    row, _ = looks(given, pid, *ALWAYS, "--samples", str(given.looks + 1))
    costs = [look["cost_ns"] / 1e6 for look in row]
    cost = statistics.median(costs[1:])
    print(f"a look: {costs[0]:.1f} ms the first time, then {cost:.1f} +- "
          f"{(max(costs[1:]) - min(costs[1:])) / 2:.1f} ms, "
          f"{cost / given.workers:.2f} ms a worker: every "
          f"{cost / 10:.1f} s at 1 percent")
    lost = [1 - looked_at / alone for alone, looked_at in turns(given, subject)]
    print(f"a worker that is looked at all the time serves "
          f"{statistics.median(lost) * 100:.1f} +- "
          f"{(max(lost) - min(lost)) * 50:.1f} percent less: "
          f"{statistics.median(lost):.2f} percent at a duty of 1")
    row, used = looks(given, pid, "--samples", "2")
    apart = row[1]["t_ns"] / 1e9
    print(f"watched at 1 percent: the second look {apart:.1f} s after the "
          f"first, duty {row[1]['duty'] * 100:.2f} percent; of the processor "
          f"{used / 2 * 1e3:.1f} ms a look, {used / 2 / apart * 100:.2f} "
          f"percent of one")


def main():
    given = arguments()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; "
          f"{given.workers} workers of {given.mib} MiB", flush=True)
    subject = supervisor.Subject(
        os.path.join(given.build, "collectors", "mark-side"))
    try:
        subject.load("uniform", SEED, **{"heap-bytes": given.mib << 20})
        subject.fork(given.workers)
        bench(given, subject)
        subject.quit()
    except (RuntimeError, OSError, KeyError, ValueError, IndexError,
            AssertionError) as error:
        print(f"bench-watch: {error}", file=sys.stderr)
        return 1
    finally:
        subject.process.kill()
        subject.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
