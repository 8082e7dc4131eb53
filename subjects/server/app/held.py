"""The master of a server, held just before it forks.

It loads and prepares as the template of the runtime's own adapter does, asked
by the adapter for servers in the supervisor's place, and goes on when it is told
to fork.  Its workers greet and serve; nobody asks them anything but over HTTP,
and their connections are there so that their end is seen."""

import os

from python.conversation import LINE_MAXIMUM, Process
from python.random import random_numbers
from python.template import Template


class Master(Template):
    def hold(self):
        """Answers until it is time to fork."""
        while True:
            line = self.stream.readline(LINE_MAXIMUM + 1)
            if line[-1:] != b"\n":
                os._exit(1)  # nobody is there who could ask
            if line == b"fork\n":
                return
            self.send(self.answer(line))


class Worker(Process):
    """Greets, so that it is known to have begun."""

    def __init__(self, master):
        master.stream.close()
        master.socket.close()
        super().__init__("role=worker")
        self.workload = master.loaded()
        self.seed = master.seed
        self.collections = master.collections
        self.collections.start_over()

    def request(self, client, number):
        """The body of the reply to a request of a client: what a server may
        tell of itself is told here."""
        reply = self.workload.request(
            number, random_numbers(self.seed, client, number))
        counts = "".join(f" {kind}={count}" for kind, count
                         in self.collections.counts.items())
        body = (f"reply={reply:016x} pid={os.getpid()}{counts}"
                f"{self.collections.answer()}\n")
        self.collections.reset("threshold")  # the next reply tells the next
        return body


master = Master()
worker = None


def begin_worker():
    """To be called in each worker once it is ready to serve."""
    global worker
    worker = Worker(master)
