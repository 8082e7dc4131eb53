"""The process that loads a workload and is forked."""

import os
import time

from python import workloads
from python.collections import Collections
from python.conversation import Process, die, stats
from python.parameters import number, read_settings
from python.phases import START, PhaseLog
from python.random import LOAD, MASK, random_numbers
from python.runtime import NAME, PREPARE
from python.worker import Worker


class Template(Process):
    def __init__(self):
        super().__init__("role=template")
        self.phases = PhaseLog()
        self.collections = Collections(self.phases)
        self.workload = self.seed = None
        self.forked = 0

    def loaded(self):
        if self.workload is None:
            raise ValueError("nothing is loaded")
        return self.workload

    def do_load(self, *pairs):
        if self.workload is not None:
            raise ValueError("loaded already")
        given = dict(pair.split("=", 1) for pair in pairs)
        file = workloads.find(given.pop("workload", ""))
        self.seed = number(given.pop("seed", ""), 0, MASK)
        settings = read_settings(file.PARAMETERS, given)
        start = time.monotonic_ns()
        self.workload = file.Workload(settings,
                                      random_numbers(self.seed, LOAD, LOAD))
        return f"loaded ns={time.monotonic_ns() - start}"

    def do_prepare(self, step):
        if step not in PREPARE:
            raise ValueError(f"{NAME} has no step '{step}'")
        start = time.monotonic_ns()
        PREPARE[step][1]()
        return f"prepared ns={time.monotonic_ns() - start}"

    def do_regions(self):
        return "regions"

    def do_layout(self):
        return "layout"

    def do_check(self):
        return f"checked graph={self.loaded().checksum():016x}"

    def do_phases(self):
        self.phases.make_room()
        return "phases"  # workers log theirs, the template none

    def do_fork(self, text):
        workload, pids, longest = self.loaded(), [], 0
        for _ in range(number(text, 1, 1000)):
            start = time.monotonic_ns()
            pid = os.fork()
            longest = max(longest, time.monotonic_ns() - start)
            if not pid:
                self.become_worker(workload)
            pids.append(str(pid))
            self.forked += 1
        return f"forked ns={longest} pids={','.join(pids)}"

    def become_worker(self, workload):
        self.phases.begin()
        self.phases.enter(START)
        try:
            self.stream.close()
            self.socket.close()
            Worker(self.forked, workload, self.seed, self.phases,
                   self.collections).converse()
        except BaseException:
            die()

    def do_reap(self):
        ended = ["reaped"]
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                ended.append(f"{pid}:signal:{os.WTERMSIG(status)}"
                             if os.WIFSIGNALED(status)
                             else f"{pid}:exit:{os.WEXITSTATUS(status)}")
        except ChildProcessError:
            pass
        return " ".join(ended)

    def do_stats(self):
        return stats(self.collections, forked=self.forked)
