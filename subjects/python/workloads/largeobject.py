"""largeobject: the workload of the 2018 study; see workloads/largeobject.h."""

from python.parameters import NO_EFFECT, Choice, Integer
from python.random import mix
from python.scale import scale, scaled

ABOUT = "the 2018 study: large objects made, and the last three kept"

PARAMETERS = (
    scale("as many large objects as `static` says"),
    Integer("static", 5, 0, 1000, "objects",
            "large objects built in the template at scale 1000"),
    Integer("kept", 3, 0, 100, "objects",
            "large objects that a worker keeps alive"),
    Integer("list-count", 1600, 0, 100000, "lists",
            "lists in a large object; the i-th holds i references"),
    Integer("string-count", 64000, 0, 10000000, "strings",
            "length of the list of strings in a large object"),
    Integer("string-bytes", 8, 1, 4096, "bytes", "length of every string"),
    Choice("strings", ("shared", "distinct"),
           "one string for the whole list of strings, or an object for each "
           "(Python itself shares strings of one character)"),
    Choice("lists", ("inline", "split"), NO_EFFECT),
    Integer("build-every", 1, 1, 1000000, "requests",
            "one in so many requests builds a large object, the others read"),
    Integer("walk-lists", 200, 0, 1000000, "lists",
            "lists that a reading request visits"),
)


class Workload:
    def __init__(self, settings, _random):
        self.settings = settings
        self.string = "s" * settings["string-bytes"]
        self.kept = []
        count = settings["static"] and scaled(settings["static"], settings)
        self.static = [self.build() for _ in range(count)]

    def build(self):
        string, size = self.string, self.settings["string-bytes"]
        lists = [[string] * i
                 for i in range(1, self.settings["list-count"] + 1)]
        if self.settings["strings"] == "shared":
            strings = [string] * self.settings["string-count"]
        else:
            strings = [chr(97 + j % 26) * size
                       for j in range(self.settings["string-count"])]
        return lists, strings

    def request(self, number, random):
        if (number + 1) % self.settings["build-every"]:
            return self.walk(random)
        built = self.build()
        self.kept.append(built)
        if len(self.kept) > self.settings["kept"]:
            del self.kept[0]
        lists, strings = built
        last = len(lists[-1]) if lists else 0
        return mix(len(lists) * 1000003 + len(strings) + last)

    def walk(self, random):
        if not self.static or not self.settings["list-count"]:
            return mix(0)
        total = 0
        for _ in range(self.settings["walk-lists"]):
            lists = self.static[next(random) % len(self.static)][0]
            visited = lists[next(random) % len(lists)]
            for string in visited:
                total += ord(string[0])
            total += len(visited)
        if self.settings["string-count"]:
            strings = self.static[next(random) % len(self.static)][1]
            for j in range(next(random) % 64, len(strings), 64):
                total += ord(strings[j][0])
        return mix(total)

    def checksum(self):
        h = 0
        for lists, strings in self.static + self.kept:
            for items in lists:
                h = mix(h ^ len(items))
            for string in strings:
                h = mix(h ^ (ord(string[0]) + 256 * len(string)))
        return h
