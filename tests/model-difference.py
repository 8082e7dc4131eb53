#!/usr/bin/env python3
"""model-difference.py DIRECTORY REAL=MODEL...: how far models are from what they
stand for, from the data of the figure `erosion` in a directory (RESULTS/figures,
made by `cowlab plot RESULTS --figure erosion`).

For each panel and pair of labels: the erosion of both after the last request,
and the greatest difference between their curves, in points, with the request
after which it is; positive where the runtime has broken more.  Both curves are
of the same requests.  A pair of which one is not in a panel is left out there."""

import argparse
import pathlib
import sys


def read(path):
    """The panel's workload, and the points of each series by its label."""
    workload, curves, points = path.stem, {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# workload "):
            workload = line.removeprefix("# workload ")
        elif line.startswith('"'):
            points = curves.setdefault(line.strip('"'), {})
        elif line and line[0] != "#":
            request, percent = map(float, line.split()[:2])
            points[round(request)] = percent
    return workload, curves


def difference(real, model):
    """The last values, the greatest difference, and where that is."""
    common = sorted(real.keys() & model.keys())
    request = max(common, key=lambda x: abs(real[x] - model[x]))
    return (real[common[-1]], model[common[-1]],
            real[request] - model[request], request)


def rows(paths, pairs):
    for path in paths:
        workload, curves = read(path)
        for real, model in pairs:
            if real in curves and model in curves:
                last, modelled, most, request = difference(curves[real],
                                                           curves[model])
                yield (workload, real, f"{last:.1f}", model, f"{modelled:.1f}",
                       f"{most:+.1f}", str(request))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("figures", type=pathlib.Path)
    parser.add_argument("pairs", nargs="+", metavar="REAL=MODEL")
    arguments = parser.parse_args()
    table = [("workload", "runtime", "broken %", "model", "broken %",
              "most apart, points", "after requests")]
    table += rows(sorted(arguments.figures.glob("erosion*.dat")),
                  [pair.split("=", 1) for pair in arguments.pairs])
    if len(table) == 1:
        sys.exit(f"{arguments.figures}: no data of a figure erosion that has "
                 "both labels of a pair; cowlab plot --figure erosion makes it")
    widths = [max(map(len, column)) for column in zip(*table)]
    for row in table:
        print("  ".join(cell.ljust(width) if i in (0, 1, 3)
                        else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths)))
              .rstrip())


main()
