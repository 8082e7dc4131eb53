"""One process of the subject, in conversation with the supervisor."""

import gc
import os
import socket
import sys

from python.runtime import IS_CPYTHON

LINE_MAXIMUM = 1 << 20


def die():
    """Ends the process for the exception that is handled, and tells it."""
    try:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


class Process:
    def __init__(self, introduction, pid=None):
        path = os.environ["COWLAB_SOCKET"]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect("\0" + path[1:] if path[0] == "@" else path)
        self.stream = self.socket.makefile("rb")
        self.send(f"hello cowlab=1 {introduction} pid={pid or os.getpid()}")

    def send(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def converse(self):
        """Answers requests for ever; a lost connection ends the process, and
        so does a failure outside of a request, which is told."""
        status = 1
        try:
            while status:
                line = self.stream.readline(LINE_MAXIMUM + 1)
                if line[-1:] != b"\n":
                    break
                answer = self.answer(line)
                self.send(answer)
                status = 0 if answer == "bye" else 1
        except ConnectionError:
            pass
        except BaseException:
            die()
        # No finaliser runs: freeing the heap would break every page of it.
        os._exit(status)

    def answer(self, line):
        try:
            word, *arguments = line.decode().rstrip("\n").split(" ")
            handler = getattr(self, "do_" + word, None)
            if handler is None:
                return f"error unknown request '{word[:80]}'"
            return handler(*arguments)
        except Exception as fault:
            text = " ".join(str(fault).split())
            return f"error {type(fault).__name__}: {text}"

    def do_quit(self):
        return "bye"

    def do_describe(self, *addresses):
        return "described"  # addresses are not known here


def stats(collections, **counters):
    """An answer to `stats`: these, and what the collector counts."""
    for kind, count in collections.counts.items():
        counters[f"{kind}_collections"] = count
    if IS_CPYTHON:
        for generation, row in enumerate(gc.get_stats()):
            for key, value in row.items():
                counters[f"generation{generation}_{key}"] = value
    return "stats" + "".join(f" {key}={n}" for key, n in counters.items())
