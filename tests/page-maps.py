#!/usr/bin/python3
"""page-maps.py RESULT...: replays the page maps of results with `blame: true`
from sample to sample, and holds what they say of each region against the page
counts of the sample, which were counted apart.  The rows that broken pages are
said to stand in must have as many pages.  Prints how many samples agree, and how
many of the pages that are shared at the fork are free, and pinned.

Maps are kept as runs, never page by page: a sanitizer's shadow memory has more
pages than fit into memory."""
import json
import re
import sys

RUN = re.compile(r"([a-z.=])(\d*)")
WORDS = {"s": "shared", "e": "shared", "k": "shared", "u": "broken",
         "w": "swapped", "g": "gone", "n": "new"}


def runs(text):
    assert re.fullmatch(r"([a-z.=]([1-9]\d*)?)*", text), text
    return [(letter, int(count or 1)) for letter, count in RUN.findall(text)]


def changed(before, changes):
    """The map after changes: both are runs."""
    after, old, new = [], list(reversed(before)), list(reversed(changes))
    while old or new:
        letter, count = old.pop() if old else (".", new[-1][1])
        change, part = new.pop() if new else ("=", count)
        least = min(count, part)
        after.append((letter if change == "=" else change, least))
        if count > least:
            old.append((letter, count - least))
        if part > least:
            new.append((change, part - least))
    return after


def counts(maps):
    sums = dict.fromkeys(WORDS.values(), 0)
    for letter, count in (run for runs_of in maps for run in runs_of):
        if letter in WORDS:
            sums[WORDS[letter]] += count
    return sums


def check_rows(path, result):
    pages = [0] * len(result["blame"]["rows"])
    for worker in result["workers"]:
        for text in worker["page_writers"].values():
            for run in text.split(" "):
                where, row = run.split("=")
                pages[int(row)] += int((where + "+1").split("+")[1])
    said = [row["pages"] for row in result["blame"]["rows"]]
    assert pages == said, f"{path}: rows have {said} pages, not {pages}"


def check(path, result):
    regions = [region["name"] for region in result["regions"]]
    inherited = {key: runs(text) for key, text
                 in result["inherited"]["page_map"].items()}
    agree = 0
    for worker in result["workers"]:
        maps = dict(inherited)
        for number, sample in enumerate(worker["samples"]):
            for key, changes in sample["page_changes"].items():
                maps[key] = changed(maps[key], runs(changes))
            where = f"{path}: worker {worker['index']}, sample {number}"
            for region in regions:
                got = counts([maps.get(region, [])])
                for word, number_of in got.items():
                    said = sample["pages"][region][word]
                    assert number_of == said, \
                        f"{where}: {region}: {number_of} {word}, not {said}"
            # New pages may lie in mappings that the template had not.
            got = counts(runs_of for key, runs_of in maps.items()
                         if key not in regions)
            for word in ("shared", "broken", "swapped"):
                said = sample["pages"]["other"][word]
                assert got[word] == said, \
                    f"{where}: other: {got[word]} {word}, not {said}"
            agree += 1
    totals = dict.fromkeys("ek", 0)
    for letter, count in (run for runs_of in inherited.values()
                          for run in runs_of):
        if letter in totals:
            totals[letter] += count
    return agree, totals["e"], totals["k"]


def main():
    sums = [0, 0, 0]
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        check_rows(path, result)
        found = check(path, result)
        sums = [a + b for a, b in zip(sums, found)]
    print("%d samples agree, %d free, %d pinned" % tuple(sums))


if __name__ == "__main__":
    main()
