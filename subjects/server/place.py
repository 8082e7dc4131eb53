"""Where a server listens: loopback, at a port that is nobody's."""

import socket


class Place:
    """A socket that is bound and listens, for the server to inherit; so no port
    is chosen that another takes meanwhile, and none is in use."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(1024)
        self.port = self.socket.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.descriptor = self.socket.fileno()

    def close(self):
        self.socket.close()
