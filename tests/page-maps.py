#!/usr/bin/python3
"""page-maps.py RESULT...: replays the page maps of results with `blame: true`
from sample to sample, and holds what they say of each region against the page
counts of the sample, which were counted apart.  Prints how many samples agree,
and how many of the pages that are shared at the fork are free, and pinned."""
import json
import re
import sys

RUN = re.compile(r"([a-z.=])(\d*)")
WORDS = {"s": "shared", "e": "shared", "k": "shared", "u": "broken",
         "w": "swapped", "g": "gone", "n": "new"}


def letters(text):
    assert re.fullmatch(r"([a-z.=]([1-9]\d*)?)*", text), text
    return "".join(letter * int(count or 1) for letter, count in RUN.findall(text))


def changed(before, changes):
    length = max(len(before), len(changes))
    pairs = zip(before.ljust(length, "."), changes.ljust(length, "="))
    return "".join(old if new == "=" else new for old, new in pairs)


def counts(texts):
    sums = dict.fromkeys(WORDS.values(), 0)
    for text in texts:
        for letter, word in WORDS.items():
            sums[word] += text.count(letter)
    return sums


def check(path, result):
    regions = [region["name"] for region in result["regions"]]
    inherited = {key: letters(text) for key, text
                 in result["inherited"]["page_map"].items()}
    agree = 0
    for worker in result["workers"]:
        maps = dict(inherited)
        for number, sample in enumerate(worker["samples"]):
            for key, changes in sample["page_changes"].items():
                maps[key] = changed(maps[key], letters(changes))
            where = f"{path}: worker {worker['index']}, sample {number}"
            for region in regions:
                got = counts([maps.get(region, "")])
                for word, number_of in got.items():
                    said = sample["pages"][region][word]
                    assert number_of == said, \
                        f"{where}: {region}: {number_of} {word}, not {said}"
            # New pages may lie in mappings that the template had not.
            got = counts(text for key, text in maps.items()
                         if key not in regions)
            for word in ("shared", "broken", "swapped"):
                said = sample["pages"]["other"][word]
                assert got[word] == said, \
                    f"{where}: other: {got[word]} {word}, not {said}"
            agree += 1
    everything = "".join(inherited.values())
    return agree, everything.count("e"), everything.count("k")


def main():
    sums = [0, 0, 0]
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            found = check(path, json.load(file))
        sums = [a + b for a, b in zip(sums, found)]
    print("%d samples agree, %d free, %d pinned" % tuple(sums))


if __name__ == "__main__":
    main()
