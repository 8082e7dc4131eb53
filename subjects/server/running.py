"""A server that runs: its processes, from their start to their end."""

import os
import select
import signal
import subprocess
import threading
import time

from server.host import Host
from server.nginx import Nginx
from server.output import Output
from server.place import Place
from server.processes import children, end_text

PATIENCE_S = 10  # for a server that was told to end, or to fork
LOOK_MS = 50  # how often workers that start are looked for


class Running:
    def __init__(self, server, workers, front):
        self.server = server
        self.host = Host()
        self.output = Output(server.LATE)
        self.place = Place()
        self.workers = {}  # pid: the worker's Guest
        self.fault = None  # why nothing more can be measured
        self.trouble = threading.Event()  # that, or a worker has ended
        self.stopping = threading.Event()
        self.killed = False
        environment = {**os.environ, "COWLAB_SOCKET": self.host.address,
                       **server.environment(self.place, workers)}
        self.process = subprocess.Popen(
            server.command(self.place, workers, front), env=environment,
            pass_fds=[self.place.descriptor], stdin=subprocess.DEVNULL,
            stdout=self.output.writer, stderr=self.output.writer)
        self.port = self.place.port
        self.place.close()
        self.nginx = None
        if front == "nginx":
            self.nginx = Nginx(server, self.port, workers, self.output)
            self.port = self.nginx.port
        self.output.began()
        self.pidfd = os.pidfd_open(self.process.pid)
        self.master = None
        self.wake = os.eventfd(0)  # of the watch, when the server is to end
        self.ender = None
        self.pidfds = {}  # of workers: pid

    def end_of_master(self):
        """How the server ended, for a person; waits until it has."""
        text = end_text(self.process.wait())
        return (f"the server's master (pid {self.process.pid}) {text}: "
                f"{self.output.last()}")

    def wait(self, watched, timeout_ms=None):
        """The descriptors that are ready, after the time or before."""
        poll = select.poll()
        for descriptor in watched:
            poll.register(descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(timeout_ms)}

    def greet(self, timeout_ms=None):
        """The next process of the server that greets, or None."""
        ready = self.wait([self.host.fileno(), self.pidfd], timeout_ms)
        if self.host.fileno() in ready:
            return self.host.accept()
        if self.pidfd in ready:
            raise ValueError(self.end_of_master())
        return None

    def await_master(self):
        self.master = self.greet()
        if not (self.master.is_master and
                self.master.pid == self.process.pid):
            raise ValueError(f"process {self.master.pid} greeted, not the "
                             f"server's master (pid {self.process.pid})")

    def ask(self, line):
        answer = self.master.ask(line)
        if not answer:
            raise ValueError(self.end_of_master())
        return answer

    def fork(self, count):
        """Has the workers begin; their pids, in the order of their forks."""
        self.master.tell("fork")
        seen, order = set(), []
        complete = time.monotonic()  # when all were there, or could have been
        while len(self.workers) < count:
            guest = self.greet(LOOK_MS)
            if guest:
                self.workers[guest.pid] = guest
            order = children(self.process.pid)
            lost = seen - set(order)
            if lost:
                raise ValueError(f"a worker (pid {lost.pop()}) ended while "
                                 f"the server started")
            seen |= set(order)
            # gunicorn takes a worker to be alive that ended before fork()
            # returned, and one that ends so early may never be looked at.
            if len(order) >= count:
                complete = time.monotonic()
            elif time.monotonic() - complete > PATIENCE_S:
                raise ValueError(f"the server has {len(order)} of {count} "
                                 f"workers, and no more in {PATIENCE_S} s: "
                                 f"{self.output.last()}")
        if set(order) != set(self.workers):
            raise ValueError(f"the server has the children {order}, but "
                             f"{sorted(self.workers)} say that they are its "
                             f"workers")
        self.pidfds = {os.pidfd_open(pid): pid for pid in order}
        return order

    def watch(self, on_loss, on_fault):
        """Until the server is told to end, or something goes wrong: calls
        on_loss(pid) when a worker ends, and on_fault() when the server does, or
        forks another."""
        front = [self.nginx.pidfd] if self.nginx else []
        watched = [self.host.fileno(), self.pidfd, self.wake, *front,
                   *self.pidfds]
        ready = self.wait(watched)
        if self.wake in ready:
            return
        # The end of the master takes its workers along.
        if self.pidfd in ready or self.wait([self.pidfd], LOOK_MS):
            self.fault = self.end_of_master()
        elif ready.intersection(front):
            self.fault = (f"nginx (pid {self.nginx.process.pid}) "
                          f"{end_text(self.nginx.process.wait())}: "
                          f"{self.output.last()}")
        elif not ready.intersection(self.pidfds):
            self.fault = ("the server forked another worker (pid "
                          f"{self.host.accept().pid})")
        self.output.tell()
        self.trouble.set()
        if self.fault is not None:
            on_fault()
            return
        for pidfd in ready.intersection(self.pidfds):
            on_loss(self.pidfds[pidfd])

    def ended(self):
        """The pids of workers that run no more."""
        ready = self.wait(self.pidfds, 0)
        return [pid for pidfd, pid in self.pidfds.items() if pidfd in ready]

    def stop(self):
        """Tells the server to end, and sees to it in the background."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self.output.ends()
        os.eventfd_write(self.wake, 1)
        if self.nginx:
            self.nginx.stop()
        self.process.send_signal(getattr(signal, self.server.STOP))
        self.ender = threading.Thread(target=self.see_to_end, daemon=True)
        self.ender.start()

    def see_to_end(self):
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.killed = True
            self.process.kill()
            for pidfd in self.pidfds:
                try:
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def end(self):
        """Waits for the end of the server, which is told to if it was not."""
        self.stop()
        self.ender.join()
        self.process.wait()
        if self.killed:
            raise ValueError(
                f"the server's master (pid {self.process.pid}) still ran "
                f"{PATIENCE_S} s after {self.server.STOP}, and was killed")
