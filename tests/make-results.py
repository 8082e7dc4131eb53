"""make-results.py DIRECTORY [VARIANT]: writes small results whose figures can be
computed by hand.  Subjects alpha and "beta growth=150", two workers, three
invocations; sizes grow with invocation, worker and requests.  VARIANT: invalid
(one invocation of beta is), panels (a second workload and number of workers),
limited (alpha's processes have a limit of memory), unmeasured (no worker of beta knows its private memory after one request)."""

import json
import os
import sys

MIB = 1 << 20


def sample(invocation, worker, requests, extra):
    uss = invocation * (worker + 1) * (requests + 1) * MIB + extra
    return {"t_ns": requests, "requests": requests, "burst": 1,
            "moment": "request", "uss_bytes": uss, "rss_bytes": uss + 10 * MIB,
            "pages": {"total": {"broken": 10 * requests + worker}}}


# A burst ends with its last look; burst 0 is the time before the first.
def looks(invocation):
    return [{"burst": burst, "swap_bytes": swap * invocation * MIB,
             "major_faults": faults}
            for burst, swap, faults in ((0, 0, 5), (1, 1, 6), (1, 2, 7),
                                        (2, 3, 27))]


def result(subject, workload, workers, invocation):
    # After request 2 there are two samples, of which the last counts.
    series = [[sample(invocation, worker, requests, extra)
               for requests, extra in ((0, 0), (1, 0), (2, 5 * MIB), (2, 0))]
              for worker in range(workers)]
    return {
        "schema": 1, "status": "valid", "reason": None, "detail": None,
        "cowlab": {"version": "0.1.0"},
        "experiment": {"name": "made", "hash": "0123456789abcdef"},
        "cell": {"subject": {"label": subject},
                 "workload": {"label": workload}, "workers": workers},
        "invocation": invocation,
        "inherited": {"pages": 40},
        "workers": [{"index": index, "samples": samples}
                    for index, samples in enumerate(series)],
        "bursts": [{"burst": 1, "requests": 100, "ns": invocation * 10 ** 9},
                   {"burst": 2, "requests": 50, "ns": 10 ** 9}],
    }


def main():
    directory, variant = sys.argv[1], (sys.argv[2:] + [None])[0]
    cells = [("alpha", "made", 2), ("beta growth=150", "made", 2)]
    if variant == "panels":
        cells += [("alpha", "made", 4), ("alpha", "other size=1/2", 2)]
    for subject, workload, workers in cells:
        for invocation in (1, 2, 3):
            made = result(subject, workload, workers, invocation)
            if subject == "alpha" and variant == "limited":
                made["limits"] = {"looks": looks(invocation)}
            if subject != "alpha" and variant == "unmeasured":
                made["workers"][1]["samples"][1]["uss_bytes"] = None
            if subject != "alpha" and variant == "invalid" and invocation == 3:
                made.update(status="invalid", reason="worker-died",
                            detail="worker 1 was killed", workers=[])
            word = f"{subject} {workload}".replace("/", "-").replace(" ", "-")
            name = f"{word}-w{workers}-{invocation:03}.json"
            with open(os.path.join(directory, name), "w",
                      encoding="utf-8") as file:
                json.dump(made, file)


main()
