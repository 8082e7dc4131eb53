"""strings-10m: brightbox's test, ten million small strings in a list; see
workloads/strings-10m.h."""

from python.parameters import Integer
from python.random import mix
from python.scale import scale, scaled

ABOUT = "brightbox's: ten million strings in an array, to be marked"

PARAMETERS = (
    scale("as many strings as `strings` says"),
    Integer("strings", 10000000, 1, 1000000000, "strings",
            "length of the array at scale 1000"),
    Integer("string-bytes", 8, 1, 23, "bytes",
            "length of every string (Python itself shares strings of one "
            "character)"),
    Integer("reads", 100, 0, 100000000, "strings",
            "strings that a request reads"),
)


class Workload:
    def __init__(self, settings, _random):
        self.reads = settings["reads"]
        self.strings = [chr(97 + i % 26) * settings["string-bytes"]
                        for i in range(scaled(settings["strings"], settings))]

    def request(self, number, random):
        strings = self.strings
        total = sum(ord(strings[next(random) % len(strings)][0])
                    for _ in range(self.reads))
        return mix(total + (number << 32))

    def checksum(self):
        h = 0
        for string in self.strings:
            h = mix(h ^ (ord(string[0]) + 256 * len(string)))
        return h
