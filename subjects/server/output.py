"""What the server writes: passed on while it serves, and kept otherwise."""

import os
import select
import threading

CAPACITY = 65536  # of a pipe
KEPT = 4096  # bytes
LINES = 3  # in a reason


def say(data):
    """To where the supervisor finds it, if it is there."""
    try:
        os.write(2, data)
    except BrokenPipeError:
        pass


class Output:
    """Servers tell of their start and of their end, which is told when
    something went wrong.  What they write while they serve is their trouble, and
    goes to where the supervisor finds it; `late` matches the lines of their
    start that may come then."""

    def __init__(self, late=None):
        self.late = late
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.lock = threading.RLock()
        self.is_serving = False
        self.tail = b""  # of all
        self.kept = b""  # of what was not passed on
        self.line = b""  # of what is, its last line as far as it is there
        self.thread = threading.Thread(target=self.keep, daemon=True)
        self.thread.start()

    def began(self):
        """The writers are the server's alone from now on."""
        os.close(self.writer)

    def keep(self):
        while select.select([self.reader], [], []) and self.take():
            pass

    def take(self):
        """Takes what is there; whether there may be more."""
        with self.lock:
            try:
                data = os.read(self.reader, CAPACITY)
            except BlockingIOError:
                return True
            self.tail = (self.tail + data)[-KEPT:]
            if self.is_serving:
                self.pass_on(data)
            else:
                self.kept = (self.kept + data)[-KEPT:]
            return bool(data)

    def pass_on(self, data):
        *lines, self.line = (self.line + data).split(b"\n")
        if len(self.line) > KEPT:
            lines.append(self.line)
            self.line = b""
        for line in lines:
            if not (self.late and self.late.search(line)):
                say(line + b"\n")

    def serves(self):
        """The server has begun, and is about to serve."""
        with self.lock:
            self.take()
            self.is_serving, self.kept = True, b""

    def ends(self):
        """The server is about to be told to end."""
        with self.lock:
            self.take()
            if self.line:
                self.pass_on(b"\n")
            self.is_serving = False

    def tell(self):
        """Something is wrong: tells what was kept."""
        with self.lock:
            self.take()
            say(self.kept + self.line)
            self.kept = self.line = b""

    def last(self):
        """The last words of a server that has ended, which are told, too."""
        self.thread.join(timeout=1)
        lines = self.tail.decode("utf-8", "replace").split("\n")
        self.tell()
        said = [line.strip() for line in lines if line.strip()]
        return " / ".join(said[-LINES:]) or "it wrote nothing"
