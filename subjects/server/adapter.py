"""What the supervisor takes for the template: the server's master by proxy."""

import threading

from python.conversation import Process
from python.parameters import number
from server.running import Running
from server.tally import Tally
from server.voice import Voice

FRONTS = ("bare", "nginx")
WORKERS_MAXIMUM = 1000


class Adapter(Process):
    def __init__(self, server):
        super().__init__("role=template")
        self.server = server
        self.running = None
        self.voices = {}  # pid: the Voice of that worker
        self.reaped = set()  # pids that `reap` has told
        self.workers = 0

    def loaded(self):
        if self.running is None or self.running.master is None:
            raise ValueError("nothing is loaded")
        return self.running

    def do_load(self, *pairs):
        if self.running is not None:
            raise ValueError("loaded already")
        given = dict(pair.split("=", 1) for pair in pairs)
        self.workers = number(given.pop("workers", ""), 1, WORKERS_MAXIMUM)
        front = given.pop("option.front", FRONTS[0])
        if front not in FRONTS:
            raise ValueError(f"'option.front={front}' is none of "
                             f"{', '.join(FRONTS)}")
        self.running = Running(self.server, self.workers, front)
        self.running.await_master()
        rest = " ".join(f"{key}={value}" for key, value in given.items())
        answer = self.running.ask(f"load {rest}")
        return f"{answer} pid={self.running.process.pid}"

    def do_prepare(self, step):
        return self.loaded().ask(f"prepare {step}")

    def do_check(self):
        return self.loaded().ask("check")

    def do_regions(self):
        return "regions"

    def do_layout(self):
        return "layout"

    def do_fork(self, text):
        running = self.loaded()
        if number(text, 1, WORKERS_MAXIMUM) != self.workers or self.voices:
            raise ValueError(f"the server has been started for {self.workers} "
                             f"workers, and forks once")
        pids = running.fork(self.workers)
        tally = Tally(pids)
        for index, pid in enumerate(pids):
            self.voices[pid] = Voice(index, pid, running, tally, self.on_quit)
        threading.Thread(target=running.watch, daemon=True,
                         args=[self.on_loss, self.on_fault]).start()
        return f"forked pids={','.join(map(str, pids))}"

    def on_loss(self, pid):
        self.voices[pid].hang_up()

    def on_fault(self):
        for voice in self.voices.values():
            voice.client.abort()

    def on_quit(self):
        """A worker has been told to quit: after the last, the server is."""
        if all(voice.has_quit for voice in self.voices.values()):
            self.running.stop()

    def do_reap(self):
        ended = set(self.loaded().ended()) - self.reaped
        self.reaped |= ended
        return "reaped" + "".join(f" {pid}:ended" for pid in sorted(ended))

    def do_stats(self):
        return f"stats forked={len(self.voices)}"

    def do_quit(self):
        if self.running is not None:
            self.running.end()
        return "bye"
