"""describe-address.py PROGRAM: plays the supervisor to a collector program and
asks what lies at the addresses of a heap of which all is known: a tree of equal
objects of a header, three references and 32 raw bytes."""

import os
import re
import socket
import subprocess
import sys

OBJECTS, BYTES = 512, 64
SCANNED = 256 << 10  # bytes from the start of each region
CHUNK = 250          # addresses in one request


class Peer:
    def __init__(self, listener):
        self.lines = listener.accept()[0].makefile("rwb")
        self.hello = self.read()

    def read(self):
        return self.lines.readline().decode().rstrip("\n")

    def ask(self, request, pattern):
        self.lines.write(request.encode() + b"\n")
        self.lines.flush()
        answer = self.read()
        match = re.fullmatch(pattern, answer)
        assert match, f"'{request[:80]}' was answered by '{answer[:200]}'"
        return match

    def describe(self, addresses):
        described = []
        for i in range(0, len(addresses), CHUNK):
            words = " ".join(f"{a:x}" for a in addresses[i:i + CHUNK])
            described += self.ask("describe " + words,
                                  r"described (.+)")[1].split(" ")
        assert len(described) == len(addresses)
        return described


def objects_in(peer, regions):
    """The addresses of all objects that lie near the regions' starts."""
    words = [address for _, role, start, end in regions
             if role == "objects"
             for address in range(start, min(end, start + SCANNED), 8)]
    return [address for address, what in zip(words, peer.describe(words))
            if what == "header:header:0"]


def check(peer, regions):
    found = objects_in(peer, regions)
    assert len(found) == OBJECTS, f"{len(found)} objects"
    for offset, what in [(8, "reference"), (24, "reference"), (32, "payload"),
                         (63, "payload")]:
        described = peer.describe([address + offset for address in found])
        assert set(described) == {f"{what}:body:0"}, set(described)
    for _, role, start, _ in regions:
        if role == "side":
            assert re.fullmatch(r"[a-z-]+:side:-", peer.describe([start])[0])
    assert peer.describe([0x10]) == ["none:none:-"]
    peer.ask("describe nowhere", "error .+")
    peer.ask("describe", "described")


def main():
    name = f"cowlab-describe-{os.getpid()}"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + name)
    listener.listen()
    listener.settimeout(20)
    subject = subprocess.Popen([sys.argv[1]], env=dict(
        os.environ, COWLAB_SOCKET="@" + name))
    try:
        template = Peer(listener)
        template.ask(f"load workload=uniform heap-bytes={OBJECTS * BYTES} "
                     "seed=1 option.reserve=16777216", r"loaded .+")
        told = template.ask("regions", r"regions(.*)")[1]
        regions = [(name, role, int(start, 16), int(end, 16))
                   for name, role, start, end in
                   re.findall(r"(\S+)=(\w+):(\w+)-(\w+)", told)]
        if not regions:
            print("skipped: the collector tells of no region")
            return
        check(template, regions)
        template.ask("fork 1", r"forked .+")
        worker = Peer(listener)
        check(worker, regions)
        worker.ask("quit", "bye")
        template.ask("quit", "bye")
        assert subject.wait(20) == 0
    finally:
        subject.kill()
        subject.wait()


main()
