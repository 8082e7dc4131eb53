"""adapter.py INTERPRETER SCENARIO: plays the supervisor to an adapter of
subjects/ under that interpreter, over a socket of its own, and fails loudly
when an answer is not what subjects/PROTOCOL.md promises.  tests/cli-python.bats
and tests/cli-ruby.bats run each scenario."""

import os
import re
import signal
import subprocess
import sys
import time

import supervisor

MASK = (1 << 64) - 1
# The adapter, and its step that is a collection.
ADAPTER, COLLECTION = {"ruby": ("ruby.rb", "start")}.get(
    os.path.basename(sys.argv[1]), ("python.py", "gc"))
SCRIPT = os.path.join(os.path.dirname(__file__), "../subjects", ADAPTER)
SETTINGS = {"static": 2, "kept": 1, "list-count": 30, "string-count": 100,
            "string-bytes": 8, "strings": "distinct", "build-every": 2,
            "walk-lists": 5}
SEED = 42
COLLECTIONS = r"( collections=\S+)?( collections_more=\d+)?"


class Adapter(supervisor.Subject):
    """A subject that serves largeobject, if nothing else is said."""

    def load(self, workload="largeobject", **settings):
        if workload == "largeobject":
            settings = {**SETTINGS, **settings}
        super().load(workload, SEED, **settings)


def described():
    """The lines of --describe, as lists of fields."""
    text = subprocess.run([sys.argv[1], SCRIPT, "--describe"], check=True,
                          text=True, capture_output=True).stdout
    return [line.split("\t") for line in text.splitlines()]


# The definitions once more, independently of the adapter.
def mix(z):
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    return z ^ (z >> 31)


def expected_graph(objects):
    h = 0
    for _ in range(objects):
        for i in range(SETTINGS["list-count"]):
            h = mix(h ^ (i + 1))
        for j in range(SETTINGS["string-count"]):
            h = mix(h ^ (97 + j % 26 + 256 * SETTINGS["string-bytes"]))
    return f"{h:016x}"


def expected_replies(worker, count):
    replies = 0
    for request in range(count):
        state = mix(SEED) ^ mix((worker << 32) + request + 1)

        def draw():
            nonlocal state
            state = (state + 0x9e3779b97f4a7c15) & MASK
            return mix(state)

        if request % 2:
            reply = SETTINGS["list-count"] * 1000003 + 100 + 30
        else:
            reply = 0
            for _ in range(SETTINGS["walk-lists"]):
                draw()
                length = draw() % SETTINGS["list-count"] + 1
                reply += length * (ord("s") + 1)
            draw()
            first = draw() % 64
            reply += sum(97 + j % 26 for j in range(100) if j % 64 == first)
        replies = mix(replies ^ mix(reply))
    return f"{replies:016x}"


def whole(subject):
    """Every request once; two workers, each with its own replies."""
    subject.load()
    subject.template.ask(f"prepare {COLLECTION}", r"prepared ns=[1-9]\d*")
    subject.template.ask("regions", "regions")
    subject.template.ask("layout", "layout")
    subject.template.ask("describe 1000", "described")
    subject.template.ask("check", f"checked graph={expected_graph(2)}")
    subject.template.ask("stats", r"stats( [a-z0-9_]+=\d+)+")
    subject.fork(2)
    for index, worker in enumerate(subject.workers):
        worker.ask("check",
                   f"checked graph={expected_graph(2)} replies={0:016x}")
        served = worker.ask("serve 0 3", r"served ns=(\d+) latency_ns="
                            r"(\d+,\d+,\d+)" + COLLECTIONS)
        assert sum(map(int, served[2].split(","))) <= int(served[1])
        worker.ask("serve 3 1", r"served ns=\d+ latency_ns=\d+" +
                   COLLECTIONS)
        worker.ask("check", f"checked graph={expected_graph(3)} "
                   f"replies={expected_replies(index, 4)}")
        worker.ask("stats", r"stats requests=4( [a-z0-9_]+=\d+)+")
    assert expected_replies(0, 4) != expected_replies(1, 4)
    for worker in subject.workers:
        worker.ask("quit", "bye")
    deadline = time.monotonic() + 20
    ended = set()
    while len(ended) < 2 and time.monotonic() < deadline:
        ended.update(subject.template.ask("reap", r"reaped(.*)")[1].split())
    assert ended == {f"{pid}:exit:0" for pid in subject.pids}, ended
    subject.template.ask("reap", "reaped")
    subject.quit()


def collections(subject):
    """A collection asked for is listed, one at a threshold is too."""
    subject.load(**{"list-count": 1000})
    subject.fork(1)
    worker = subject.workers[0]
    before = time.monotonic_ns()
    full = worker.ask("collect full", r"collected ns=(\d+) collections="
                      r"(?:minor:\d+:\d+:asked,)*full:(\d+):(\d+):asked")
    assert before <= int(full[2]) <= time.monotonic_ns()
    assert 0 < int(full[3]) <= int(full[1])
    worker.ask("serve 0 60", r"served ns=\d+ latency_ns=[\d,]+ collections="
               r"((minor|full):\d+:\d+:threshold,?)+( collections_more=\d+)?")
    worker.ask("stats", r"stats requests=60 .*\bfull_collections=[1-9]\d*.*")
    subject.quit()


def counted_collections(subject):
    """Ruby's: one asked for is listed, and one at a threshold counted."""
    subject.load()
    subject.fork(1)
    worker = subject.workers[0]
    for kind in "full", "minor":
        before = time.monotonic_ns()
        # A minor one may become a full one, where Ruby thinks it is due.
        listed = worker.ask(f"collect {kind}", r"collected ns=(\d+) "
                            rf"collections=(?:{kind}|full):(\d+):(\d+):asked")
        assert before <= int(listed[2]) <= time.monotonic_ns()
        assert 0 < int(listed[3]) == int(listed[1])
    counters = (r"stats requests=(\d+) minor_collections=(\d+) "
                r"full_collections=(\d+) .*")
    before = worker.ask("stats", counters).groups()
    assert before[0] == "0" and int(before[1]) + int(before[2]) >= 2, before
    served = worker.ask("serve 0 1000", r"served ns=\d+ latency_ns=[\d,]+ "
                        r"collections_more=(\d+)")
    after = worker.ask("stats", counters).groups()
    assert int(served[1]) > 0
    # What is counted began before the answer: making it may begin another.
    assert int(after[1]) + int(after[2]) - 2 >= int(served[1])
    subject.quit()


PHASE = "idle|start|request|collect|minor|mark|sweep"


def phases_of(worker):
    """[word, time] of each phase, and how many found no room."""
    answer = worker.ask("phases", rf"phases((?: (?:{PHASE})=\d+)*)"
                        r"(?: more=(\d+))?")
    listed = [item.split("=") for item in answer[1].split()]
    times = [int(start) for _, start in listed]
    assert times == sorted(times)
    return list(zip((word for word, _ in listed), times)), int(answer[2] or 0)


def spent(listed, words, end):
    """How long the phases of these words lasted."""
    ends = [time for _, time in listed[1:]] + [end]
    return sum(until - begun
               for (word, begun), until in zip(listed, ends) if word in words)


def fork_with_phases(subject):
    """A worker that tells its phases, and began with these two."""
    subject.template.ask("phases", "phases")
    asked = time.monotonic_ns()
    subject.fork(1)
    worker = subject.workers[0]
    listed, _ = phases_of(worker)
    assert [word for word, _ in listed] == ["start", "idle"], listed
    assert asked <= listed[0][1] and listed[1][1] <= time.monotonic_ns()
    return worker


def phases(subject):
    """What a worker does when; its collections are where they are listed."""
    collecting = ("collect", "minor", "mark", "sweep")
    subject.load(**{"list-count": 1000, "kept": 40})
    worker = fork_with_phases(subject)
    assert phases_of(worker) == ([], 0)
    for request in "collect full", "serve 0 60":
        began = time.monotonic_ns()
        answer = worker.ask(request, r"\w+ ns=(\d+).* collections=(\S+).*")
        listed, more = phases_of(worker)
        end = listed[-1][1]
        assert not more and listed[-1][0] == "idle"
        assert began <= listed[0][1] <= end <= time.monotonic_ns()
        busy = spent(listed, ("request",) + collecting, end)
        assert 0.8 * int(answer[1]) < busy <= 1.1 * int(answer[1]), busy
        durations = 0
        for collection in answer[2].split(","):
            kind, start, duration, _ = collection.split(":")
            durations += int(duration)
            word = [word for word, begun in listed
                    if begun <= int(start) + 1000][-1]
            # PyPy may take several young ones for one, just before it tells.
            assert word in collecting or kind == "minor", (collection, listed)
        assert spent(listed, collecting, end) > 0.9 * durations
    assert ("minor" if "pypy" in sys.argv[1] else "collect") in dict(listed)
    subject.quit()


def phases_asked(subject):
    """Ruby's phases: of collections those that were asked for."""
    subject.load()
    worker = fork_with_phases(subject)
    for request, word in ("collect full", "collect"), ("serve 0 9", "request"):
        began = time.monotonic_ns()
        answer = worker.ask(request, r"\w+ ns=(\d+)( .*)?")
        listed, more = phases_of(worker)
        assert [phase for phase, _ in listed] == [word, "idle"] and not more
        assert began <= listed[0][1] and listed[1][1] <= time.monotonic_ns()
        assert listed[1][1] - listed[0][1] >= int(answer[1])
    assert phases_of(worker) == ([], 0)
    subject.quit()


def phases_unlisted(subject):
    """A full log counts what it has no room for; unasked there is none."""
    settings = {"build-every": 1000000, "walk-lists": 1}
    subject.load(**settings)
    subject.fork(1)
    subject.workers[0].ask("phases", "error .+")
    subject.quit()
    subject = Adapter(*subject.process.args)
    subject.load(**settings)
    subject.template.ask("phases", "phases")
    subject.fork(1)
    worker = subject.workers[0]
    for request in range(8200):
        worker.ask(f"serve {request} 1", "served .*")
    listed, more = phases_of(worker)
    assert listed[0][0] == "start", listed[0]
    assert len(listed) >= 16384 and more >= 16402 - 16384
    worker.ask("serve 0 1", "served .*")
    listed, more = phases_of(worker)
    assert listed[-1][0] == "idle" and len(listed) < 100 and not more
    subject.quit()


def shared_strings(subject):
    """A shared string is of 's', in the graph and in the replies."""
    subject.load(strings="shared", **{"list-count": 0, "kept": 0})
    h = 0
    for _ in range(2 * SETTINGS["string-count"]):
        h = mix(h ^ (ord("s") + 256 * 8))
    replies = mix(mix(mix(0)) ^ mix(SETTINGS["string-count"]))
    subject.fork(1)
    subject.workers[0].ask("serve 0 2", r"served .*")
    subject.workers[0].ask("check", f"checked graph={h:016x} "
                           f"replies={replies:016x}")
    subject.quit()


def nonsense(subject):
    """What is not in the protocol is an error, and not the end."""
    template = subject.template
    for request in ["", "dance", "check", "fork 2", "load", "load seed=1",
                    "load workload=uniform seed=1",
                    "load workload=largeobject seed=x",
                    "load workload=largeobject seed=1 static=1001",
                    "load workload=largeobject seed=1 strings=both",
                    "load workload=largeobject seed=1 colour=red",
                    "load workload=largeobject seed=1 static",
                    "prepare", "prepare dance", "quit now"]:
        template.ask(request, r"error .+")
    subject.load()
    for request in ["load workload=largeobject seed=1", "fork 0", "fork -1",
                    "fork 1001", "fork x", "serve 0 1"]:
        template.ask(request, r"error .+")
    template.connection.sendall(b"\xff\xfe\n")
    assert template.line().startswith("error "), "not UTF-8, yet accepted"
    subject.fork(1)
    for request in ["serve", "serve 0", "serve 0 0", "serve 0 4097",
                    "serve -1 1", "serve 0 1 2", "collect", "collect some",
                    "fork 1", "load"]:
        subject.workers[0].ask(request, r"error .+")
    subject.workers[0].ask("serve 0 1", r"served .+")
    subject.quit()


def scheduled(subject):
    """A request begins when it is due, not before, and a late one at once."""
    answer = (r"served ns=\d+ latency_ns=([\d,]+) response_ns=([\d,]+)" +
              COLLECTIONS)
    command = subject.process.args
    collector = os.environ["COWLAB_BUILD"] + "/collectors/mark-side"
    subject.quit()
    for each in Adapter(*command), Adapter(collector):
        each.load()
        each.fork(1)
        worker = each.workers[0]

        def serve(request, dues):
            served = worker.ask(request, answer)
            ended = time.monotonic_ns()
            services, responses = ([int(ns) for ns in served[i].split(",")]
                                   for i in (1, 2))
            assert len(services) == len(responses) == len(dues)
            ends = [due + ns for due, ns in zip(dues, responses)]
            begins = [end - ns for end, ns in zip(ends, services)]
            assert ends[-1] <= ended
            for i, due in enumerate(dues):
                assert due <= begins[i], (due, begins)
                assert i == 0 or ends[i - 1] <= begins[i], (begins, ends)
            return begins

        at = time.monotonic_ns() + 10_000_000
        serve(f"serve 0 3 at {at} every 20000000",
              [at, at + 20_000_000, at + 40_000_000])
        at = time.monotonic_ns() + 10_000_000
        serve(f"serve 3 2 at {at} plus 0,30000000", [at, at + 30_000_000])
        # Two that were due a second ago, and one that is not yet.
        at = time.monotonic_ns() - 1_000_000_000
        begins = serve(f"serve 5 3 at {at} plus 0,1,1300000000",
                       [at, at + 1, at + 1_300_000_000])
        assert begins[1] < at + 1_300_000_000, "it waited before it was late"
        worker.ask("check", rf"checked graph=\w+ "
                   f"replies={expected_replies(0, 8)}")
        for schedule in ["at", "at 1", "at 1 every", "at x every 1",
                         "at 1 every -1", "at 1 every 1 1", "by 1 every 1",
                         "at 1 plus 1", "at 1 plus 1,2,3", "at 1 plus 2,1",
                         "at 1 plus 1,,2", "at 1 each 1",
                         "at 1 every 9999999999999999999999",
                         "at 18446744073709551615 every 1"]:
            worker.ask(f"serve 8 2 {schedule}", r"error .+")
        each.quit()


def reap(subject):
    """A worker that was killed is reported, once, with its signal."""
    subject.load()
    subject.fork(2)
    os.kill(subject.pids[1], signal.SIGKILL)
    assert subject.workers[1].line() == ""
    deadline = time.monotonic() + 20
    ended = ""
    while not ended and time.monotonic() < deadline:
        ended = subject.template.ask("reap", r"reaped ?(.*)")[1]
    assert ended == f"{subject.pids[1]}:signal:9", ended
    subject.template.ask("reap", "reaped")
    subject.workers[0].ask("serve 0 1", r"served .+")
    subject.quit()


def lost(subject):
    """A lost connection ends each process by itself."""
    subject.load()
    subject.fork(2)
    subject.workers[0].close()
    deadline = time.monotonic() + 20
    ended = ""
    while not ended and time.monotonic() < deadline:
        ended = subject.template.ask("reap", r"reaped ?(.*)")[1]
    assert ended == f"{subject.pids[0]}:exit:1", ended
    subject.workers[1].ask("serve 0 1", r"served .+")
    subject.template.close()
    assert subject.process.wait(20) == 1
    subject.workers[1].ask("serve 1 1", r"served .+")
    subject.workers[1].close()
    while os.path.exists(f"/proc/{subject.pids[1]}/mem"):
        with open(f"/proc/{subject.pids[1]}/stat", encoding="ascii") as stat:
            if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                break
        assert time.monotonic() < deadline, "a worker outlives its connection"
        time.sleep(0.01)


def checksums(subject, workload, settings):
    """The template's, then each worker's after some requests."""
    subject.load(workload, **settings)
    found = [subject.template.ask("check", r"checked graph=(\w+)")[1]]
    subject.fork(2)
    for worker in subject.workers:
        worker.ask("serve 0 7", r"served .+")
        worker.ask("collect full", r"collected .+")
        worker.ask("serve 7 6", r"served .+")
        found += worker.ask("check",
                            r"checked graph=(\w+) replies=(\w+)").groups()
        worker.ask("quit", "bye")
    subject.quit()
    return found


# For each workload, what is asked of it beside the defaults.
VARIANTS = {
    "largeobject": [{}, {"strings": "shared"}, {"kept": 0, "lists": "split"},
                    {"static": 0, "scale": 3000}, {"static": 3, "scale": 2000},
                    {"scale": 1}, {"list-count": 0}, {"string-count": 0},
                    {"string-bytes": 1}, {"walk-lists": 0, "build-every": 1}],
    "read-mostly": [{"scale": 2}, {"scale": 3, "order": "sequential"},
                    {"scale": 1, "fields": 1, "string-bytes": 1},
                    {"scale": 1, "fields": 5, "batch": 1},
                    {"scale": 1, "lists": "split", "batch": 3000}],
    "session-cache": [{"scale": 2}, {"scale": 1, "lookups": 400, "sets": 1},
                      {"scale": 1, "keys": 3000, "hot-lookups": 0},
                      {"scale": 1, "keys": 1, "attributes": 1},
                      {"scale": 2, "sets": 0, "value-bytes": 1}],
    "make-objects": [{"objects": 1000}, {"objects": 1, "made": 0},
                     {"scale": 2, "objects": 345678, "made": 6}],
    "strings-10m": [{"strings": 1000}, {"scale": 1, "strings": 1000},
                    {"strings": 77, "string-bytes": 23, "reads": 0}],
}


def agree(subject):
    """The same settings and seed give the same work as in C."""
    command = subject.process.args
    collector = os.environ["COWLAB_BUILD"] + "/collectors/mark-side"
    subject.quit()
    served = [fact[1] for fact in described() if fact[0] == "workload"]
    for workload in served:
        for change in VARIANTS[workload]:
            ours, theirs = (checksums(Adapter(*words), workload, change)
                            for words in (command, [collector]))
            assert ours == theirs, (f"{workload} {change}: {ours} here, "
                                    f"{theirs} in C")


def same_parameters(subject):
    """Workloads have the parameters that they have in C."""
    subject.quit()
    text = subprocess.run(
        [os.environ["COWLAB_BUILD"] + "/collectors/mark-side", "--describe"],
        check=True, text=True, capture_output=True).stdout
    in_c = [line.split("\t") for line in text.splitlines()]
    served = [fact[1] for fact in described() if fact[0] == "workload"]
    assert "largeobject" in served

    def of(facts):
        return [fact[1:-1] for fact in facts
                if fact[0] == "parameter" and fact[1] in served]
    ours, theirs = of(described()), of(in_c)
    assert sorted(ours) == sorted(theirs), [
        fact for fact in ours + theirs
        if (fact in ours) != (fact in theirs)]


def freeze(subject):
    """CPython freezes; PyPy does not declare the step and refuses it."""
    subject.load()
    declared = ["prepare", "freeze"] in [fact[:2] for fact in described()]
    subject.template.ask("prepare freeze",
                         r"prepared ns=\d+" if declared else r"error .+")
    subject.template.ask("prepare disable", r"prepared ns=\d+")
    subject.fork(1)
    worker = subject.workers[0]
    if declared:
        worker.ask("serve 0 1000", r"served ns=\d+ latency_ns=[\d,]+")
        worker.ask("collect minor",
                   r"collected ns=\d+ collections=minor:\d+:\d+:asked")
    subject.quit()


def steps(subject):
    """Each step that Ruby declares works, and the others tell what they need."""
    declared = [fact[1] for fact in described() if fact[0] == "prepare"]
    version = next(fact[1] for fact in described() if fact[0] == "version")
    modern = [int(n) for n in re.findall(r"\d+", version)[:2]] >= [3, 3]
    assert ("warmup" in declared) == modern, declared
    assert {"start", "disable"} <= set(declared), declared
    subject.load()
    for step in ["start", "start", "start", "compact", "auto-compact",
                 "warmup", "disable"]:
        subject.template.ask(
            f"prepare {step}", r"prepared ns=\d+" if step in declared else
            r"error \w+: \S.* (needs Ruby|not supported).*"
            r", and this is Ruby \d\S+")
    subject.template.ask("check", f"checked graph={expected_graph(2)}")
    subject.fork(1)
    worker = subject.workers[0]
    worker.ask("serve 0 1000", r"served ns=\d+ latency_ns=[\d,]+")
    worker.ask("collect full", r"collected .*full:\d+:\d+:asked")
    worker.ask("serve 1000 4", r"served ns=\d+ latency_ns=[\d,]+")
    worker.ask("check", f"checked graph={expected_graph(3)} "
               f"replies={expected_replies(0, 1004)}")
    subject.quit()


def quiet_load(subject):
    """Ruby collects nothing while it loads, if it is told so, and does later."""
    count = r"stats .*\bcount=(\d+) .*"
    before = subject.template.ask("stats", count)[1]
    subject.template.ask("load workload=largeobject seed=1 static=1 "
                         "option.collect-at-load=maybe", "error .+")
    subject.load(**{"option.collect-at-load": "no", "string-count": 50000})
    assert subject.template.ask("stats", count)[1] == before
    subject.fork(1)
    subject.workers[0].ask("serve 0 20", r"served .* collections_more=\d+")
    subject.quit()
    other = Adapter(sys.argv[1], SCRIPT)
    other.load(**{"string-count": 50000})
    assert int(other.template.ask("stats", count)[1]) > int(before)
    other.quit()


def main():
    subject = Adapter(sys.argv[1], SCRIPT)
    try:
        globals()[sys.argv[2]](subject)
    finally:
        subject.process.kill()
        subject.process.wait()


main()
