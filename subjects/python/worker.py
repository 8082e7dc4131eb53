"""A process that was forked from the template and serves requests."""

import time

from python.conversation import Process, stats
from python.parameters import number
from python.phases import IDLE, REQUEST
from python.random import mix, random_numbers
from python.runtime import COLLECT, NAME
from python.schedule import due_times, wait_until

COUNT_MAXIMUM = 4096


class Worker(Process):
    def __init__(self, index, workload, seed, phases, collections):
        super().__init__(f"role=worker index={index}")
        self.index = index
        self.workload = workload
        self.seed = seed
        self.phases = phases
        self.collections = collections
        collections.start_over()
        self.replies = self.requests = 0
        phases.enter(IDLE)

    def do_serve(self, first, count, *schedule):
        first = number(first, 0, (1 << 32) - 1)
        count = number(count, 1, COUNT_MAXIMUM)
        due = due_times(count, *schedule) if schedule else None
        latencies, responses, clock = [], [], time.monotonic_ns
        self.collections.reset("threshold")
        start = before = clock()
        self.phases.enter(REQUEST)
        for i in range(count):
            if due and before < due[i]:
                before = wait_until(due[i])
                start = start if i else before
            reply = self.workload.request(
                first + i, random_numbers(self.seed, self.index, first + i))
            now = clock()
            latencies.append(now - before)
            if due:
                responses.append(now - due[i])
            self.replies = mix(self.replies ^ reply)
            before = clock()
        self.phases.enter(IDLE)
        self.requests += count
        answer = f"served ns={now - start} latency_ns={join(latencies)}"
        if due:
            answer += f" response_ns={join(responses)}"
        return answer + self.collections.answer()

    def do_collect(self, kind):
        if kind not in COLLECT:
            raise ValueError(f"{NAME} has no '{kind}' collection to ask for")
        self.collections.reset("asked")
        start = time.monotonic_ns()
        COLLECT[kind]()
        duration = time.monotonic_ns() - start
        return f"collected ns={duration}" + self.collections.answer()

    def do_phases(self):
        if not self.phases.is_on:
            return "error nobody asked before the fork"
        return "phases" + self.phases.answer()

    def do_check(self):
        return (f"checked graph={self.workload.checksum():016x} "
                f"replies={self.replies:016x}")

    def do_stats(self):
        return stats(self.collections, requests=self.requests)


def join(numbers):
    return ",".join(map(str, numbers))
