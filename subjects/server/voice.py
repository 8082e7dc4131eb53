"""What the supervisor takes for a worker: a client of the server, which says
what is known of the worker's process."""

import socket
import threading
import time

from python.conversation import LINE_MAXIMUM, Process
from python.parameters import number
from python.random import mix
from python.schedule import due_times, wait_until
from server.client import Client

COUNT_MAXIMUM = 4096
NOTICE_S = 1  # until the end of a process is noticed


class Voice(Process):
    def __init__(self, index, pid, running, tally, on_quit):
        super().__init__(f"role=worker index={index}", pid)
        self.index = index
        self.pid = pid
        self.running = running
        self.tally = tally
        self.on_quit = on_quit
        self.client = Client(running.port)
        self.replies = 0
        self.has_quit = False
        threading.Thread(target=self.converse, daemon=True).start()

    def converse(self):
        try:
            while not self.has_quit:
                line = self.stream.readline(LINE_MAXIMUM + 1)
                if line[-1:] != b"\n":
                    break
                answer = self.answer(line)
                if answer is not None:
                    self.send(answer)
        except OSError:
            pass  # the supervisor is gone, or this was hung up

    def hang_up(self):
        """As a process does by its end."""
        self.socket.shutdown(socket.SHUT_RDWR)

    def do_serve(self, first, count, *schedule):
        first = number(first, 0, (1 << 32) - 1)
        count = number(count, 1, COUNT_MAXIMUM)
        due = due_times(count, *schedule) if schedule else None
        if not self.running.output.is_serving:
            self.running.output.serves()
        try:
            return self.serve(first, count, due)
        except Exception as failure:
            if not self.running.trouble.wait(NOTICE_S):
                self.running.output.tell()
                raise
            if self.running.fault is None:
                return None  # the worker that has ended is heard of
            raise ValueError(self.running.fault) from failure

    def serve(self, first, count, due):
        latencies, responses, clock = [], [], time.monotonic_ns
        start = before = clock()
        for i in range(count):
            if due and before < due[i]:
                before = wait_until(due[i])
                start = start if i else before
            reply = self.client.request(self.index, first + i)
            now = clock()
            latencies.append(now - before)
            if due:
                responses.append(now - due[i])
            self.replies = mix(self.replies ^ self.tally.add(reply))
            before = clock()
        if self.running.fault is not None:
            raise ValueError(self.running.fault)
        answer = f"served ns={now - start} latency_ns={join(latencies)}"
        if due:
            answer += f" response_ns={join(responses)}"
        return answer + self.tally.take_collections(self.pid)

    def do_collect(self, _kind):
        raise ValueError("which worker serves, and when it collects, is the "
                         "server's own affair")

    def do_check(self):
        return f"checked replies={self.replies:016x}"

    def do_stats(self):
        return "stats" + self.tally.stats(self.pid)

    def do_quit(self):
        self.has_quit = True
        self.client.close()
        self.on_quit()
        return "bye"


def join(numbers):
    return ",".join(map(str, numbers))
