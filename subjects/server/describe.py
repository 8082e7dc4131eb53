"""What a server says of itself (PROTOCOL.md, "Describing itself"): what the
adapter of its runtime says of workloads and steps, and what is its own."""

import os
import threading

from server import nginx
from server.installed import SUBJECTS, output

TAKEN = ("version", "build", "prepare", "lacks", "workload", "parameter")
# Its replies depend on what the same process served before, and which requests
# these were is the server's choice.
LEFT_OUT = ("session-cache",)
FRONT = ("option", "front", "choice", "bare", "bare|nginx", "-", "-",
         "what the clients speak with: the server itself, or nginx before it")


def ask_all(server):
    """Asks all programs at once, whose answers are kept: a runtime takes longer
    to begin than to answer."""
    questions = [server.missing, nginx.missing, lambda: of_runtime(server)]
    threads = [threading.Thread(target=question) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def of_runtime(server):
    interpreter, script = server.runtime()
    return output(interpreter, os.path.join(SUBJECTS, script),
                  "--describe").splitlines()


def of_nginx():
    yield "build", "nginx", nginx.version() or "not installed"
    yield FRONT
    if nginx.missing():
        yield "lacks-value", "front", "nginx", nginx.missing()


def facts(server):
    ask_all(server)
    yield "cowlab-subject", 1
    yield "subject", server.NAME
    missing = server.missing()
    if missing:
        yield "missing", missing
        return
    yield "about", server.ABOUT
    yield "stands-for", server.STANDS_FOR
    yield "on-behalf-of", server.STANDS_FOR
    yield "part", server.runtime()[1]  # whose workloads the server runs
    for line in of_runtime(server):
        word, *fields = line.split("\t")
        if word == "version":
            fields = [f"{server.version()}, {fields[0]}"]
        if word in TAKEN and fields[0] not in LEFT_OUT:
            yield word, *fields
    yield from of_nginx()


def describe(server):
    for fact in facts(server):
        print(*fact, sep="\t")
