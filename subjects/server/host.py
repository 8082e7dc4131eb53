"""Where the server's processes greet: the adapter is their supervisor."""

import os
import socket
import struct

from python.conversation import LINE_MAXIMUM


class Guest:
    """A process of the server that has greeted."""

    def __init__(self, connection):
        self.connection = connection
        self.stream = connection.makefile("rb")
        credentials = connection.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        self.pid = struct.unpack("3i", credentials)[0]
        hello = self.stream.readline(LINE_MAXIMUM)
        if not hello.startswith(b"hello cowlab=1 role="):
            raise ValueError(f"process {self.pid} is none of the server's")
        self.is_master = b" role=template " in hello

    def tell(self, line):
        self.connection.sendall(line.encode() + b"\n")

    def ask(self, line):
        """The answer, or "" at the end of the process."""
        self.tell(line)
        return self.stream.readline(LINE_MAXIMUM).decode().rstrip("\n")


class Host:
    def __init__(self):
        self.address = f"@cowlab-server.{os.getpid()}.{os.urandom(8).hex()}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind("\0" + self.address[1:])
        self.listener.listen(1024)

    def fileno(self):
        return self.listener.fileno()

    def accept(self):
        return Guest(self.listener.accept()[0])
