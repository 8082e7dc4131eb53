"""stated.py COLLECTOR WORKLOAD REQUESTS [NAME=VALUE...]: the graph and the
replies of a workload from the words of its head comment alone, held against
those that a collector gives.

Each class knows nothing but what workloads/NAME.h states before its first line
of code; the workloads that the adapters serve are there (subjects/python)."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["COWLAB_SOURCE"], "subjects"))

# pylint: disable=wrong-import-position
from python.random import LOAD, MASK, mix, random_numbers  # noqa: E402
from python.scale import scaled  # noqa: E402


def drawn(weights, random):
    """A request's type (request-mix.h)."""
    r = next(random) % sum(weights.values())
    for name, weight in weights.items():
        if r < weight:
            return name
        r -= weight
    raise AssertionError


def above(n):
    """The least power of two above n."""
    return 1 << n.bit_length()


class KeyValue:
    DEFAULTS = {"value-bytes": 512, "weight-read": 80, "weight-write": 20,
                "pipeline": 16, "skew": 1}

    def __init__(self, settings, _random):
        self.settings = settings
        self.values = [key % 256 for key in range(scaled(100000, settings))]

    def key(self, random):
        u = power = next(random) >> 32
        for _ in range(self.settings["skew"] - 1):
            power = power * u >> 32
        n = len(self.values)
        return (n * power >> 32) * 2654435761 % n

    def read(self, key):
        word = int.from_bytes([self.values[key]] * 8, "little")
        return word * (self.settings["value-bytes"] // 8)

    def request(self, number, random):
        write = drawn({False: self.settings["weight-read"],
                       True: self.settings["weight-write"]}, random)
        total = number
        for _ in range(self.settings["pipeline"]):
            key = self.key(random)
            if write:
                self.values[key] = (self.values[key] + 1) % 256
                total += self.values[key]
            else:
                total += self.read(key)
        return mix(total)

    def checksum(self):
        h = 0
        for key in range(len(self.values)):
            h = mix(h ^ key ^ (self.read(key) & MASK))
        return h


class Fragmented:
    DEFAULTS = {"least-bytes": 32, "greatest-bytes": 1024, "freed": 500,
                "cluster": 1, "weight-read": 10, "weight-drop": 60,
                "weight-keep": 30, "objects": 100}

    def __init__(self, settings, random):
        self.settings = settings
        count = scaled(200000, settings)
        self.words = [self.word(random) for _ in range(count)]
        self.kept = []
        for first in range(0, count, settings["cluster"]):
            if next(random) % 1000 < settings["freed"]:
                for i in range(first, min(count, first + settings["cluster"])):
                    self.words[i] = None

    @staticmethod
    def word(random):
        """Of an object; its size matters to nobody here."""
        next(random), next(random)
        return next(random)

    def request(self, number, random):
        which = drawn({name: self.settings["weight-" + name]
                       for name in ("read", "drop", "keep")}, random)
        count = self.settings["objects"]
        if which == "read":
            words = [self.words[next(random) % len(self.words)]
                     for _ in range(count)]
            total = sum(1 if word is None else word for word in words)
        else:
            words = self.kept if which == "keep" else []
            words += [self.word(random) for _ in range(count)]
            total = words[-1] if words else 0
        return mix((total & MASK) ^ number)

    def checksum(self):
        h = 0
        for i, word in enumerate(self.words):
            h = mix(h ^ (i if word is None else word))
        for word in reversed(self.kept):
            h = mix(h ^ word)
        return h


class SkkzipcodeLike:
    DEFAULTS = {"address-bytes": 36}

    def __init__(self, settings, _random):
        self.mean = settings["address-bytes"]
        self.count = scaled(120000, settings)

    def sum(self, k):
        """Of the address of entry k."""
        length = (self.mean + 1) // 2 + mix(k) % (self.mean + 1)
        h = length
        for _ in range(length):
            h = (h * 31 + 161 + k % 94) & MASK
        return h

    def request(self, number, random):
        return mix(self.sum(next(random) % self.count) ^ number)

    def checksum(self):
        h = 0
        for k in range(self.count):
            h = mix(h ^ 10000 + 83 * k ^ self.sum(k))
            h = mix(h ^ self.sum(k))
        return h


class OrmGraph:
    DEFAULTS = {"string-bytes": 40, "weight-match": 50, "weight-event": 20,
                "weight-team": 30}

    def __init__(self, settings, random):
        self.settings = settings
        self.teams = [[] for _ in range(scaled(6000, settings))]
        self.entries = []  # of each event: its teams
        self.matches = []  # of each event: the six teams of each match
        for event in range(scaled(1000, settings)):
            entries = []
            for i in range(48):
                entries.append(next(random) % len(self.teams))
                self.teams[entries[i]].insert(0, 48 * event + i)
            self.entries.append(entries)
            self.matches.append([[entries[next(random) % 48]
                                  for _ in range(6)] for _ in range(80)])
        self.filled = set()  # lazy attributes

    # The place of a row's first string, or of a text, among its attributes.
    PLACE = {"team": 2, "event": 5, "match": 3, "ranking": 4}

    def byte(self, table, row):
        return 97 + (row + self.PLACE[table]) % 26

    def named(self, table, row):
        return row * 256 + self.byte(table, row)

    def parsed(self, table, row):
        return 4 * self.settings["string-bytes"] * self.byte(table, row)

    def scores(self, match):
        self.filled.add(("alliances", match))
        s = self.parsed("match", match)
        return [mix(s + match + i) % 100 for i in range(2)]

    def match(self, number):
        self.filled.add(("winner", number))
        scores = self.scores(number)
        teams = self.matches[number // 80][number % 80]
        return (scores + [self.named("team", team) for team in teams] +
                [max(scores)])

    def event(self, number):
        self.filled |= {("teams", number), ("ranking", number)}
        s = self.parsed("ranking", number)
        shown = [self.named("team", team) for team in self.entries[number]]
        shown += [s // (i + 1) for i in range(48)]
        for i in range(80):
            shown += self.scores(80 * number + i)
        return shown

    def team(self, number):
        self.filled.add(("events", number))
        return [self.named("event", entry // 48)
                for entry in self.teams[number]]

    def request(self, number, random):
        page = drawn({name: self.settings["weight-" + name]
                      for name in ("match", "event", "team")}, random)
        if page == "team":
            shown = self.team(next(random) % len(self.teams))
        else:
            event = next(random) % len(self.entries)
            shown = (self.event(event) if page == "event" else
                     self.match(80 * event + next(random) % 80))
        h = 0
        for n in reversed(shown):
            h = mix(h ^ n)
        return mix(h ^ number)

    def values(self):
        """All that the checksum is of."""
        def row(table, name, lazy, number):
            return [number ^ self.byte(name, number) << 56,
                    int((lazy, number) not in self.filled)]
        for i, entries in enumerate(self.teams):
            yield from row("team", "team", "events", i)
            yield from entries
        for event, teams in enumerate(self.entries):
            yield from row("event", "event", "ranking", event)
            for team in teams:
                yield team ^ int(("teams", event) not in self.filled)
            for i, players in enumerate(self.matches[event]):
                number = 80 * event + i
                yield from row("match", "match", "winner", number)
                yield from players
                if ("alliances", number) in self.filled:
                    for side, score in enumerate(self.scores(number)):
                        yield score ^ players[3 * side] << 32

    def checksum(self):
        h = 0
        for value in self.values():
            h = mix(h ^ value)
        return h


WORKLOADS = {"key-value": KeyValue, "fragmented": Fragmented,
             "skkzipcode-like": SkkzipcodeLike, "orm-graph": OrmGraph}


def stated(name, requests, settings):
    """What `run` is to print: a template that serves the requests itself."""
    kind = WORKLOADS[name]
    workload = kind({"scale": 1000, **kind.DEFAULTS, **settings},
                    random_numbers(settings["seed"], LOAD, LOAD))
    replies = 0
    for number in range(requests):
        random = random_numbers(settings["seed"], 0, number)
        replies = mix(replies ^ workload.request(number, random))
    return [f"graph {workload.checksum():016x}", f"replies {replies:016x}"]


def main():
    collector, name, requests, *given = sys.argv[1:]
    settings = {"seed": 1}
    for name_and_value in given:
        key, _, value = name_and_value.partition("=")
        settings[key] = int(value) if value.isdigit() else value
    printed = subprocess.run([collector, "run", name, requests, *given],
                             check=True, text=True, capture_output=True).stdout
    missing = [line for line in stated(name, int(requests), settings)
               if line not in printed.splitlines()]
    if missing:
        sys.exit(f"{name} {' '.join(given)}: its head comment states "
                 f"{', '.join(missing)}; it printed\n{printed}")


main()
