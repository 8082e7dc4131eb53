"""A client of the server: one connection at most, one request at a time."""

import http.client
import socket


class Client:
    def __init__(self, port):
        # A server that closes after its reply is connected to anew.
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def request(self, index, number):
        """The reply, as text."""
        path = f"/request/{index}/{number}"
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        body = response.read().decode("utf-8", "replace")
        if response.status != 200:
            raise ValueError(f"{path} was answered with HTTP status "
                             f"{response.status}")
        return body

    def abort(self):
        """From another thread: who waits for a reply waits no longer."""
        sock = self.connection.sock
        try:
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended

    def close(self):
        self.connection.close()
