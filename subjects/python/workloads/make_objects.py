"""make-objects: nakayoshi_fork's test, a tree of small lists that has not aged
when the template is forked; see workloads/make-objects.h."""

from python.parameters import NO_EFFECT, Choice, Integer
from python.random import mix
from python.scale import scale, scaled

ABOUT = ("nakayoshi_fork's: a tree of four million arrays, which age in the "
         "workers")

PARAMETERS = (
    scale("as many arrays as `objects` says"),
    Integer("objects", 4194303, 1, 1 << 32, "objects",
            "arrays in the template's tree at scale 1000"),
    Integer("made", 1000, 0, 100000000, "objects",
            "arrays in the tree that a request makes and drops"),
    Choice("lists", ("inline", "split"), NO_EFFECT),
)


def make(k, n):
    """Object k of a tree of n, and all below it."""
    left = make(2 * k, n) if 2 * k <= n else None
    right = make(2 * k + 1, n) if 2 * k < n else None
    return [left, right]


def count(tree):
    return 1 + sum(count(item) for item in tree if item is not None)


def checksum_from(tree, h):
    items = 0
    for item in tree:
        if item is not None:
            h = checksum_from(item, h)
            items += 1
    return mix(h ^ items)


class Workload:
    def __init__(self, settings, _random):
        self.made = settings["made"]
        self.tree = make(1, scaled(settings["objects"], settings))

    def request(self, number, _random):
        counted = count(make(1, self.made)) if self.made else 0
        return mix(counted + (number << 32))

    def checksum(self):
        return checksum_from(self.tree, 0)
