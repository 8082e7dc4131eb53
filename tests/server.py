#!/usr/bin/env python3
"""server.py DIRECTORY CASE: parts of the adapter for servers, by themselves.

DIRECTORY holds subjects/.  The servers here are small programs."""

import os
import re
import signal
import socket
import sys
import time
import types

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(sys.argv[1], "subjects"))

from server import describe, gunicorn, nginx, output, running, tally  # noqa: E402 (they are found only now)
from server.place import Place  # noqa: E402

# A master that greets, forks a worker that greets, and is deaf to SIGTERM.
DEAF = """
import os, signal, socket, time
def greet(role):
    s = socket.socket(socket.AF_UNIX)
    s.connect("\\0" + os.environ["COWLAB_SOCKET"][1:])
    s.sendall(f"hello cowlab=1 role={role} pid={os.getpid()}\\n".encode())
    return s
signal.signal(signal.SIGTERM, signal.SIG_IGN)
master = greet("template")
master.recv(100)
pid = os.fork()
if not pid:
    worker = greet("worker")
time.sleep(60)
"""


def fake(program):
    return types.SimpleNamespace(
        STOP="SIGTERM", LATE=None, environment=lambda place, workers: {},
        command=lambda place, workers, front: [sys.executable, "-c", program])


def deaf():
    running.PATIENCE_S = 0.2
    server = running.Running(fake(DEAF), 1, "bare")
    server.await_master()
    worker, = server.fork(1)
    assert server.ended() == []
    try:
        server.end()
    except ValueError as error:
        assert "still ran 0.2 s after SIGTERM, and was killed" in str(error)
    else:
        raise AssertionError("nobody says that it had to be killed")
    while server.ended() != [worker]:
        time.sleep(0.01)


def silent():
    server = running.Running(fake("print('no'); print('idea'); exit(3)"), 1,
                             "bare")
    try:
        server.await_master()
    except ValueError as error:
        assert "exited with status 3: no / idea" in str(error), error
    else:
        raise AssertionError("its end is not noticed")


def said():
    """What is told of a server that writes, with these last words to be told
    when something is wrong."""
    told, other_end = os.pipe()
    os.dup2(other_end, 2)
    words = output.Output(re.compile(b"^late"))

    def write(text, mark, expected):
        os.write(words.writer, text)
        mark()
        os.write(2, b".")
        assert os.read(told, 65536) == expected + b".", expected

    write(b"begun\n", lambda: None, b"")
    write(b"late to begin\ntrouble\n", words.serves, b"")
    write(b"late 1\ntr", words.take, b"")
    write(b"ouble 1\n2\n", words.tell, b"trouble 1\n2\n")
    write(b"3", words.ends, b"3\n")
    write(b"ended\n", lambda: None, b"")
    write(b"late to end\n", words.tell, b"ended\nlate to end\n")


def places():
    one, other = Place(), Place()
    assert one.port != other.port
    for place in one, other:
        assert place.socket.getsockname()[0] == "127.0.0.1"
        socket.create_connection(("127.0.0.1", place.port)).close()


def port_in_use():
    """Where there are two ports, of which one is taken, it is the other."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
        file.write("40000 40001")
    first = Place()
    second = Place()
    assert {first.port, second.port} == {40000, 40001}


def front():
    """nginx is found where only root would look, and a value that cannot be
    had without."""
    os.environ["PATH"] = nginx.FOLDERS = os.path.join(os.getcwd(), "sbin")

    def lacking():
        describe.output.cache_clear()
        return [fact for fact in describe.of_nginx()
                if fact[0] == "lacks-value"]

    why = "nginx is not installed (Debian package nginx-light)"
    assert lacking() == [("lacks-value", "front", "nginx", why)]
    os.mkdir("sbin")
    with open("sbin/nginx", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho nginx version: nginx/1.2.3 >&2\n")
    os.chmod("sbin/nginx", 0o755)
    assert lacking() == []
    os.environ["PATH"] = "/nonexistent"
    assert lacking() == []
    assert nginx.version() == "1.2.3"
    with open("sbin/nginx", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nexit 1\n")
    assert "sbin/nginx does not say" in lacking()[0][3], lacking()


def pythons():
    """Which one runs a gunicorn, by its first line."""
    os.environ["PATH"] = os.getcwd()

    def script(name, line):
        with open(name, "w", encoding="ascii") as file:
            file.write(line + "\n")
        os.chmod(name, 0o755)

    script("python3.9", "#!/bin/sh")
    script("bash", "#!/bin/sh")
    found = os.path.join(os.getcwd(), "python3.9")
    for line, python in [
            (f"#!{found}", found), (f"#! {found} -I", found),
            ("#!/usr/bin/env python3.9", found),
            ("#!/usr/bin/env -S python3.9 -I", found),
            ("#!/usr/bin/env -Spython3.9", found),
            ("#!/usr/bin/env -i python3.9", ""),
            ("#!/usr/bin/env python3.8", ""), ("#!/usr/bin/env bash", ""),
            ("#!/usr/bin/env", ""), ("#!", ""), ("", ""),
            ("\x7fELF\t\0", "")]:
        script("gunicorn", line)
        assert gunicorn.python() == python, (line, gunicorn.python())
        reason = (f"Django for {found}, which runs gunicorn, is not" if python
                  else f"cannot be told which Python runs {os.getcwd()}/gunico")
        assert reason in gunicorn.missing(), gunicorn.missing()


def tallies():
    both = tally.Tally([11, 12])
    assert both.add("reply=00000000000000ff pid=11 minor=1 full=0 "
                    "collections=minor:5:1:threshold") == 255
    both.add("reply=1 pid=12 minor=0 full=0")
    both.add("reply=1 pid=11 minor=3 full=0 collections_more=2 "
             "collections=minor:4:1:threshold")
    assert both.stats(11) == (" requests=2 minor_collections=3 "
                              "full_collections=0")
    assert both.take_collections(11) == (
        " collections=minor:4:1:threshold,minor:5:1:threshold "
        "collections_more=2")
    assert both.take_collections(11) == both.take_collections(12) == ""
    try:
        both.add("reply=1 pid=13")
    except ValueError as error:
        assert "process 13" in str(error)
    else:
        raise AssertionError("a stranger's reply is taken")


signal.alarm(60)
{"deaf": deaf, "silent": silent, "places": places, "port-in-use": port_in_use,
 "tallies": tallies, "front": front, "pythons": pythons,
 "said": said}[sys.argv[2]]()
