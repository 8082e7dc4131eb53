"""session-cache: a cache of sessions, of which the oldest make room; see
workloads/session-cache.h."""

from collections import OrderedDict

from python.parameters import NO_EFFECT, Choice, Integer
from python.random import MASK, mix
from python.scale import scale, scaled

ABOUT = ("Django's and Rails' caches: found sessions become the newest, the "
         "oldest make room")

PARAMETERS = (
    scale("160 000 sessions"),
    Integer("attributes", 4, 1, 1000, "values", "values of a session"),
    Integer("value-bytes", 24, 1, 65536, "bytes",
            "length of every value (Python itself shares strings of one "
            "character)"),
    Choice("lists", ("inline", "split"), NO_EFFECT),
    Integer("keys", 1100, 1, 1000000, "permille",
            "keys that are looked up, as a share of the capacity: above 1000 "
            "some are not there"),
    Integer("hot-keys", 200, 1, 1000, "permille",
            "keys that are hot, as a share of these"),
    Integer("hot-lookups", 800, 0, 1000, "permille",
            "lookups of a hot key, as a share of all; the others are of any "
            "key"),
    Integer("lookups", 10, 1, 1000000, "sessions",
            "sessions that a request looks up"),
    Integer("sets", 2, 0, 1000000, "values",
            "values that are set in each session that is found"),
)

CAPACITY = 160000  # at scale 1000
MISS = 1000003


class Workload:
    def __init__(self, settings, _random):
        self.settings = settings
        capacity = scaled(CAPACITY, settings)
        self.keys = max(1, capacity * settings["keys"] // 1000)
        self.hot = max(1, self.keys * settings["hot-keys"] // 1000)
        # The values by key, the newest session last.
        self.sessions = OrderedDict((key, self.session(key))
                                    for key in range(capacity))

    def value(self, letter):
        return chr(97 + letter % 26) * self.settings["value-bytes"]

    def session(self, key):
        return [self.value(key + a)
                for a in range(self.settings["attributes"])]

    def draw(self, random):
        is_hot = next(random) % 1000 < self.settings["hot-lookups"]
        which = next(random)
        if is_hot:
            return which % self.hot * (self.keys // self.hot)
        return which % self.keys

    def request(self, _number, random):
        total = 0
        for _ in range(self.settings["lookups"]):
            key = self.draw(random)
            values = self.sessions.get(key)
            if values is None:
                oldest, _ = self.sessions.popitem(last=False)
                total += MISS + oldest
                self.sessions[key] = self.session(key)
            else:
                total += key + sum(ord(value[-1]) for value in values)
                self.sessions.move_to_end(key)
                for _ in range(self.settings["sets"]):
                    a = next(random) % len(values)
                    values[a] = self.value(next(random))
        return mix(total)

    def checksum(self):
        h = 0
        for key, values in reversed(self.sessions.items()):
            h = mix(h ^ key)
            for value in values:
                h = mix(h ^ (len(value) * 256 + ord(value[-1])))
        return mix(h ^ (sum(map(mix, self.sessions)) & MASK))
