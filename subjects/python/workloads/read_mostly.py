"""read-mostly: requests that read inherited data and keep nothing; see
workloads/read-mostly.h."""

from python.parameters import NO_EFFECT, Choice, Integer
from python.random import mix
from python.scale import scale, scaled

ABOUT = "PyTorch's copy on read: records of an inherited list are read"

PARAMETERS = (
    scale("200 000 records"),
    Integer("fields", 6, 1, 1000, "fields",
            "values in a record: strings and integers in turn"),
    Integer("string-bytes", 24, 1, 65536, "bytes",
            "length of every string (Python itself shares strings of one "
            "character)"),
    Choice("lists", ("inline", "split"), NO_EFFECT),
    Integer("batch", 64, 1, 10000000, "records",
            "records that a request reads"),
    Choice("order", ("random", "sequential"),
           "which records are read: random ones, or those behind the last "
           "request's"),
)

RECORDS = 200000  # at scale 1000


class Workload:
    def __init__(self, settings, _random):
        self.batch = settings["batch"]
        self.is_random = settings["order"] == "random"
        self.records = [
            list(self.values(i, settings["fields"], settings["string-bytes"]))
            for i in range(scaled(RECORDS, settings))]

    @staticmethod
    def values(i, fields, size):
        """Of record i."""
        for f in range(fields):
            n = i * fields + f
            yield n if f % 2 else chr(97 + n % 26) * size

    def request(self, number, random):
        total = 0
        for j in range(self.batch):
            i = next(random) if self.is_random else self.batch * number + j
            for value in self.records[i % len(self.records)]:
                if isinstance(value, str):
                    total += len(value) + ord(value[-1])
                else:
                    total += value
        return mix(total)

    def checksum(self):
        h = 0
        for record in self.records:
            for value in record:
                h = mix(h ^ (len(value) * 256 + ord(value[-1])
                             if isinstance(value, str) else value))
        return h
