"""make-comparable.py DIRECTORY [KEY=VALUE...] [+ DIRECTORY ...]: writes results
of one cell, and after each + of another, as much of each as comparing needs.

  label=alpha     of the subject
  name=LABEL      of the subject
  workers=2
  count=10        invocations
  first=1         number of the first of them
  rate=100        requests per second of the middle invocation; the others
                  differ by up to 2 %, each by what its number says
  shift=0         added to the number that says so
  broken=50       pages broken of 100, in every worker and invocation
  invalid=N       makes invocation N invalid
  hash, commit, program, compiler, cpu, thp: of the experiment, cowlab, the
                  subject's program and build, the machine and its setting
  tail=yes        tells how long the requests took, in a closed loop
  environment=no  leaves that out
  counted=user    the event in user mode alone
  begun=0         seconds after which the first began, the others a minute each
                  after the one before
"""

import json
import os
import sys
import time

DEFAULTS = {
    "label": "alpha", "name": None, "workers": "2", "count": "10",
    "first": "1", "rate": "100", "shift": "0", "broken": "50", "invalid": "0",
    "hash": "0" * 16, "commit": "abc", "program": "1" * 16, "cpu": "Test 1",
    "thp": "madvise", "environment": "yes", "counted": "both",
    "compiler": "cc 1", "begun": "0",
    "tail": "no",
}


def worker(made):
    broken = int(made["broken"])
    sample = {"moment": "burst", "burst": 1, "requests": 10,
              "uss_bytes": broken * 4096, "pss_bytes": 1 << 20,
              "pages": {"total": {"broken": broken}}}
    service = {"count": 2, "min_ns": 5, "max_ns": 6, "sum_ns": 11,
               "relative_error": 0.0078125, "buckets": [[5, 1], [6, 1]]}
    latency = {"service": service, "response": None}
    return {"latency": latency if made["tail"] == "yes" else None,
            "samples": [sample], "first_full_collection_ns": None,
            "counters": {"page-faults": {
                "raw": 7, "enabled_ns": 1, "running_ns": 1,
                "user_counted": True,
                "kernel_counted": made["counted"] == "both"}}}


def result(made, number):
    off = ((number + int(made["shift"])) * 7 % 10 - 4.5) / 4.5 * 0.02
    rate = float(made["rate"]) * (1 + off)
    name = made["name"] or made["label"]
    cell = {"id": f"{made['label']}-made-w{made['workers']}",
            "subject": {"name": name, "label": made["label"], "options": {},
                        "prepare": []},
            "workload": {"name": "made", "label": "made", "parameters": {}},
            "workers": int(made["workers"])}
    environment = {"cpu_model": made["cpu"], "thp_enabled": made["thp"]}
    begun = 1500000000 + int(made["begun"]) + 60 * number
    valid = number != int(made["invalid"])
    return {
        "schema": 1, "invocation": number, "cell": cell,
        "started_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begun)),
        "status": "valid" if valid else "invalid",
        "reason": None if valid else "worker-died",
        "detail": None if valid else "worker 1 was killed",
        "cowlab": {"version": "0.1.0", "commit": made["commit"]},
        "experiment": {"name": "made", "hash": made["hash"]},
        "subject": {"version": "1", "program_hash": made["program"],
                    "build": {"compiler": made["compiler"]}},
        "environment": environment if made["environment"] == "yes" else None,
        "inherited": {"pages": 100},
        "workers": [worker(made)] * int(made["workers"]),
        "bursts": [{"burst": 1, "requests": 1000, "ns": 1000 / rate * 1e9}],
    }


def make(directory, *words):
    made = DEFAULTS | dict(word.split("=", 1) for word in words)
    assert made.keys() == DEFAULTS.keys(), made
    os.makedirs(directory, exist_ok=True)
    first = int(made["first"])
    for number in range(first, first + int(made["count"])):
        content = result(made, number)
        path = f"{directory}/{content['cell']['id']}-{number:03}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file)


def main():
    words = sys.argv[1:]
    while "+" in words:
        end = words.index("+")
        make(*words[:end])
        words = words[end + 1:]
    make(*words)


main()
