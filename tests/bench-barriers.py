#!/usr/bin/env python3
"""bench-barriers.py: the means of remembering stores, side by side in one run.

gencopy with its means as the one variable: a flag in the header, cards of every
size, and every way to learn from the kernel which pages were written.  The
workload `stores` runs in a worker that was forked from a template, which this
program asks what a supervisor asks.

First a store, in ns, above what the same store costs in a program without a
barrier (semispace): the first ever into a unit (an object, a card, a page or as
many as a trap opens), the first since a minor collection, which a barrier that
has fast path and slow path pays for, and one more.  Of a means that traps,
the second is the cost of a trap.  Then a minor collection, the pages that a
means breaks itself, and requests with ever more stores.

Medians, and half the range beside them.  No time fails; a program that fails
does.  A means that this kernel refuses is skipped, with its reason."""

import argparse
import array
import os
import platform
import re
import statistics
import subprocess
import sys

import supervisor

OBJECT, PAGE, GIB = 64, 4096, 1 << 30
SERVE_MOST = 4096
STORES_A_REQUEST = 4096
BASE = "no barrier"
TRAPPING = ("mprotect", "userfaultfd")
PRIVATE, PRESENT = 1 << 56, 1 << 63

failures = []


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build tree")
    parser.add_argument("--heap-bytes", type=int, default=64 << 20,
                        help="of the heap that is stored into")
    parser.add_argument("--frozen-bytes", type=int, default=256 << 20,
                        help="of the heap that minor collections go through")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--quick", action="store_true",
                        help="4 MiB, 16 MiB and one repetition: a trial")
    given = parser.parse_args()
    if given.quick:
        given.heap_bytes, given.frozen_bytes = 4 << 20, 16 << 20
        given.repetitions = 1
    return given


class Means:
    """A program and its options; `opens` is how much one first store opens."""

    def __init__(self, name, path, opens, one_cpu=False, **options):
        self.name, self.path, self.opens = name, path, opens
        self.one_cpu = one_cpu
        self.options = {f"option.{key}": value
                        for key, value in options.items()}
        self.traps = name.startswith(TRAPPING)


def choices(path, option):
    """The values of an option, as the program describes them."""
    described = subprocess.run([path, "--describe"], check=True, text=True,
                               capture_output=True).stdout
    found = re.search(rf"^option\t{option}\tchoice\t[^\t]*\t([^\t\n]*)",
                      described, re.MULTILINE)
    return found[1].split("|") if found else []


def all_means(build):
    """Every means that there is a program for, the one without first."""
    path = {name: os.path.join(build, "collectors", name)
            for name in ("semispace", "gencopy", "gencopy-card",
                         "gencopy-page")}
    found = [Means(BASE, path["semispace"], OBJECT),
             Means("flag", path["gencopy"], OBJECT)]
    for card in choices(path["gencopy-card"], "card"):
        found.append(Means(f"card {card}", path["gencopy-card"], int(card),
                           card=card))
    for remember in choices(path["gencopy-page"], "remember"):
        if remember not in TRAPPING:
            found.append(Means(remember, path["gencopy-page"], PAGE,
                               remember=remember))
            continue
        for unit in choices(path["gencopy-page"], "unit"):
            found.append(Means(f"{remember} {unit}", path["gencopy-page"],
                               int(unit), remember=remember, unit=unit))
        found.append(Means(f"{remember} {PAGE}, one CPU", path["gencopy-page"],
                           PAGE, one_cpu=True, remember=remember, unit=PAGE))
    return found


def usable(means):
    """Whether the means runs here; says why not."""
    words = [f"{key}={value}" for key, value in means.options.items()]
    tried = subprocess.run([means.path, "run", "stores", "1",
                            "heap-bytes=65536", *words],
                           capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return True
    told = tried.stderr.strip()
    if "refused: " in told:
        print(f"{means.name}: skipped: {told}")
    else:
        failures.append(means.name)
        print(f"{means.name}: failed: {told}", file=sys.stderr)
    return False


class Worker:
    """A worker of a template that holds the heap of `stores`."""

    def __init__(self, means, **settings):
        def on_one_cpu():
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        self.subject = supervisor.Subject(
            means.path, preexec_fn=on_one_cpu if means.one_cpu else None)
        settings = {key.replace("_", "-"): value
                    for key, value in settings.items()}
        reserve = {"option.reserve": 4 * settings["heap-bytes"] + (64 << 20)}
        self.subject.load("stores", 1, **settings, **reserve, **means.options)
        self.subject.template.ask("prepare gc", r"prepared ns=\d+")
        regions = self.subject.template.ask("regions", r"regions ?(.*)")[1]
        self.regions = [re.fullmatch(r"(.+)=(\w+):(\w+)-(\w+)", word).groups()
                        for word in regions.split()]
        self.subject.fork(1)
        self.worker = self.subject.workers[0]
        self.read_all()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.subject.process.kill()
        self.subject.process.wait()
        self.subject.close()

    def read_all(self):
        """Lest the first use of a page is measured, which costs microseconds on
        a virtual machine, or what a collection has left in the caches."""
        self.worker.ask("check", r"checked .*")

    def serve(self, first, requests):
        """Serves requests by number; returns the nanoseconds it took."""
        total = 0
        for start in range(first, first + requests, SERVE_MOST):
            count = min(first + requests - start, SERVE_MOST)
            total += int(self.worker.ask(f"serve {start} {count}",
                                         r"served ns=(\d+) .*")[1])
        return total

    def minor(self):
        return int(self.worker.ask("collect minor", r"collected ns=(\d+).*")[1])

    def stat(self, name):
        stats = self.worker.ask("stats", r"stats(.*)")[1]
        found = re.search(rf" {name}=(\d+)", stats)
        return int(found[1]) if found else None

    @staticmethod
    def entries(pid, start, end):
        with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as file:
            file.seek(start // PAGE * 8)
            return array.array("Q", file.read((end - start) // PAGE * 8))

    def pages(self, pid, bit):
        """Of each region, the numbers of the pages that have the bit."""
        return {name: {page for page, entry in enumerate(
                           self.entries(pid, int(start, 16), int(end, 16)))
                       if entry & bit}
                for name, _, start, end in self.regions}

    def private(self):
        return self.pages(self.subject.pids[0], PRIVATE)

    def inherited(self):
        """The template has done nothing since the fork."""
        return self.pages(self.subject.process.pid, PRESENT)


def middle(values):
    """Median and half the range, or None twice."""
    if not values:
        return None, None
    return statistics.median(values), (max(values) - min(values)) / 2


def shown(value, width, digits=1):
    return f"{'-':>{width}}" if value is None else f"{value:>{width}.{digits}f}"


def each_in_turn(every, repetitions, measure):
    """Values by means: what measure(means) returned, a repetition of all after
    the other."""
    values = {means.name: [] for means in every}
    for _ in range(repetitions):
        for means in every:
            try:
                values[means.name].append(measure(means))
            except (AssertionError, OSError) as error:
                failures.append(means.name)
                print(f"{means.name}: {error}", file=sys.stderr)
    return values


def stores(means, unit, heap_bytes):
    """Nanoseconds of a store into a unit: the first ever, the first since a
    minor collection, one more; and how often the second trapped.  From unit to
    unit it is one object more than a unit, lest all share a set of a cache."""
    stride = unit // OBJECT + (unit > OBJECT)
    objects = heap_bytes // OBJECT // stride
    stores_each = min(objects, STORES_A_REQUEST)
    requests = objects // stores_each
    cycles = max(1, min(20, 10000 // objects))
    hit = miss = 0
    with Worker(means, heap_bytes=heap_bytes, stores=stores_each, reads=0,
                stride=stride) as worker:
        first = worker.serve(0, requests)
        traps = worker.stat("barrier_traps") if means.traps else None
        for _ in range(cycles):
            if means.name != BASE:
                worker.minor()
            worker.read_all()
            hit += worker.serve(0, requests)
            miss += worker.serve(0, requests)
        if traps is not None:
            traps = worker.stat("barrier_traps") - traps
    once = requests * stores_each
    done = once * cycles
    return (first / once, hit / done, miss / done,
            None if traps is None else traps / done)


def print_stores(every, heap_bytes, repetitions):
    base = every[0]
    bases = {unit: [] for unit in {means.opens for means in every}}
    values = {means.name: [] for means in every[1:]}
    for _ in range(repetitions):
        for unit in bases:
            for value in each_in_turn([base], 1, lambda means:
                                      stores(means, unit, heap_bytes))[BASE]:
                bases[unit].append(value)
        for name, found in each_in_turn(
                every[1:], 1,
                lambda means: stores(means, means.opens, heap_bytes)).items():
            values[name] += found
    print(f"{'a store, ns above no barrier':<32}{'first ever':>12}{'+-':>8}"
          f"{'hit':>10}{'+-':>8}{'miss':>8}{'+-':>6}{'traps':>7}")
    hits = {}
    for means in every[1:]:
        line = f"  {means.name:<30}"
        for column, width in ((0, 12), (1, 10), (2, 8)):
            under, _ = middle([value[column] for value in bases[means.opens]])
            value, spread = middle([value[column] - under
                                    for value in values[means.name]])
            line += shown(value, width) + shown(spread, 8 if column < 2 else 6)
            if column == 1:
                hits[means.name] = value
        traps, _ = middle([value[3] for value in values[means.name]
                           if value[3] is not None])
        print(line + shown(traps, 7, 2))
    for unit in sorted(bases):
        (first, _), (hit, spread), (miss, _) = (
            middle([value[column] for value in bases[unit]])
            for column in range(3))
        print(f"  {f'{BASE}, one in {unit} bytes':<30}{shown(first, 12)}"
              f"{'':>8}{shown(hit, 10)}{shown(spread, 8)}{shown(miss, 8)}")
    print()
    return hits


def print_traps(hits):
    """How much a trap costs with SIGSEGV and with a thread that answers."""
    compared = 0
    for name, thread in hits.items():
        signal = hits.get(name.replace("userfaultfd", "mprotect"))
        if name.startswith("userfaultfd") and thread and signal:
            compared += 1
            print(f"a trap, {name.split(' ', 1)[1]}: SIGSEGV "
                  f"{signal / 1e3:.1f} us, userfaultfd {thread / 1e3:.1f} us, "
                  f"{thread / signal:.2f} times")
    if compared == 0:
        print("userfaultfd against SIGSEGV: skipped, they are not both here")
    print()


MINOR_COLUMNS = ("0", "1 %", "10 %")


def minors(means, heap_bytes):
    """Nanoseconds of minor collections per GiB of heap that was there at the
    fork: with one young object, and stores into no page, into a hundredth of
    the pages, and into a tenth."""
    found = []
    percent = heap_bytes // PAGE // 100
    for stores_each, steps in ((0, ((0, 1),)), (percent, ((0, 1), (1, 9)))):
        with Worker(means, heap_bytes=heap_bytes, stores=stores_each, reads=0,
                    order="random") as worker:
            for first, requests in steps:
                worker.serve(first, requests)
                found.append(worker.minor())
    return [ns * GIB / heap_bytes for ns in found]


def print_minors(every, heap_bytes, repetitions):
    values = each_in_turn(every, repetitions,
                          lambda means: minors(means, heap_bytes))
    print(f"a minor collection, ms, per GiB of frozen heap (measured on "
          f"{heap_bytes >> 20} MiB and scaled)")
    print(f"{'  pages that were stored into:':<32}" +
          "".join(f"{column:>10}{'+-':>7}" for column in MINOR_COLUMNS))
    for means in every:
        columns = [middle([value[i] / 1e6 for value in values[means.name]])
                   for i in range(len(MINOR_COLUMNS))]
        print(f"  {means.name:<30}" + "".join(
            shown(value, 10, 2) + shown(spread, 7, 2)
            for value, spread in columns))
    print()


def broken(means, heap_bytes):
    """By region, the inherited pages that are broken and the new ones, when
    every second page was stored into and a minor collection is over."""
    stride = 2 * PAGE // OBJECT
    with Worker(means, heap_bytes=heap_bytes, reads=0, stride=stride,
                stores=heap_bytes // OBJECT // stride) as worker:
        worker.serve(0, 1)
        worker.minor()
        private, inherited = worker.private(), worker.inherited()
        return {name: (role, len(private[name] & inherited[name]),
                       len(private[name] - inherited[name]))
                for name, role, _, _ in worker.regions}


def print_broken(every, heap_bytes):
    print(f"pages broken + new: {heap_bytes // PAGE // 2} pages of objects "
          "stored into, one minor collection")
    print(f"{'':<32}{'objects':>14}  beside them")
    for means in every:
        for found in each_in_turn([means], 1, lambda means:
                                  broken(means, heap_bytes))[means.name]:
            objects = [sum(pages[i] for name, pages in found.items()
                           if pages[0] == "objects" and name != "nursery")
                       for i in (1, 2)]
            side = ", ".join(f"{name} {old} + {new}"
                             for name, (role, old, new) in found.items()
                             if role == "side" and old + new > 0)
            print(f"  {means.name:<30}{f'{objects[0]} + {objects[1]}':>14}"
                  f"  {side or 'none'}")
    print()


RATES = (0, 1, 10, 100, 1000, 10000, 100000)
GARBAGE = 20000  # objects of a request: a minor collection in three


def sweep(means, rate, heap_bytes, requests):
    """Nanoseconds of a request, the first ones after the fork left out."""
    with Worker(means, heap_bytes=heap_bytes, stores=rate, reads=0,
                order="random", allocate=GARBAGE) as worker:
        worker.serve(0, requests)
        return worker.serve(requests, requests) / requests


def print_sweep(every, heap_bytes, repetitions, requests, rates):
    print(f"a request, us, by its stores at random into "
          f"{heap_bytes >> 20} MiB; it allocates {GARBAGE * OBJECT >> 10} KiB")
    median = {}
    for rate in rates:
        values = each_in_turn(every, repetitions, lambda means:
                              sweep(means, rate, heap_bytes, requests))
        for name, found in values.items():
            median[name, rate] = middle([ns / 1e3 for ns in found])
    print(f"{'':<32}" + "".join(f"{rate:>10}{'+-%':>6}" for rate in rates))
    for means in every:
        line = f"  {means.name:<30}"
        for rate in rates:
            value, spread = median[means.name, rate]
            line += shown(value, 10) + shown(
                spread and 100 * spread / value, 6)
        print(line)
    wins = []
    for rate in rates:
        measured = [(median[means.name, rate][0], means.name)
                    for means in every if median[means.name, rate][0]]
        wins.append(f"{rate}: {min(measured)[1]}" if measured else f"{rate}: -")
    print("the quickest, by stores a request: " + "; ".join(wins) + "\n")


def main():
    given = arguments()
    print(f"{os.cpu_count()} processors, {platform.system()} "
          f"{platform.release()}; medians of {given.repetitions}, heap of "
          f"{given.heap_bytes >> 20} MiB of {OBJECT}-byte objects\n")
    every = [means for means in all_means(given.build) if usable(means)]
    barriers = [means for means in every if means.name != BASE]
    anywhere = [means for means in barriers if not means.one_cpu]
    print_traps(print_stores(every, given.heap_bytes, given.repetitions))
    print_minors(anywhere, given.frozen_bytes, given.repetitions)
    print_broken(anywhere, given.heap_bytes)
    print_sweep(anywhere, given.heap_bytes, given.repetitions,
                4 if given.quick else 60,
                (0, 1000) if given.quick else RATES)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
