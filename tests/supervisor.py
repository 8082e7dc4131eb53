"""supervisor.py: the supervisor's end of subjects/PROTOCOL.md, for tests and
benchmarks that speak with a subject themselves."""

import os
import re
import socket
import subprocess


class Peer:
    """The supervisor's end of one connection."""

    def __init__(self, listener):
        listener.settimeout(120)
        self.connection = listener.accept()[0]
        self.connection.settimeout(120)
        self.lines = self.connection.makefile("rb")
        self.hello = self.line()

    def line(self):
        return self.lines.readline().decode().rstrip("\n")

    def ask(self, request, pattern):
        self.connection.sendall(request.encode() + b"\n")
        answer = self.line()
        match = re.fullmatch(pattern, answer)
        assert match, f"'{request[:80]}' was answered by '{answer[:200]}'"
        return match

    def close(self):
        self.lines.close()
        self.connection.close()


class Subject:
    """A subject, started and met; `how` goes to Popen."""

    def __init__(self, *command, **how):
        name = f"cowlab-test-{os.getpid()}-{id(self)}"
        self.workers = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind("\0" + name)
        self.listener.listen()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL,
            env=dict(os.environ, COWLAB_SOCKET="@" + name), **how)
        self.template = Peer(self.listener)
        assert self.template.hello == ("hello cowlab=1 role=template pid="
                                       f"{self.process.pid}")

    def load(self, workload, seed, **settings):
        pairs = "".join(f" {key}={value}" for key, value in settings.items())
        self.template.ask(f"load workload={workload} seed={seed}{pairs}",
                          r"loaded ns=\d+")

    def fork(self, count):
        pids = self.template.ask(f"fork {count}",
                                 r"forked ns=[1-9]\d* pids=([\d,]+)")[1]
        self.pids = [int(pid) for pid in pids.split(",")]
        self.workers = [None] * count
        for _ in range(count):
            worker = Peer(self.listener)
            index, pid = re.fullmatch(
                r"hello cowlab=1 role=worker index=(\d+) pid=(\d+)",
                worker.hello).groups()
            assert self.pids[int(index)] == int(pid)
            self.workers[int(index)] = worker

    def quit(self):
        self.template.ask("quit", "bye")
        assert self.process.wait(20) == 0

    def close(self):
        """For one that was killed, or has quit."""
        for peer in [self.template, *self.workers]:
            peer.close()
        self.listener.close()
