"""A client of the server: one connection at most, one request at a time."""

import http.client


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

    def close(self):
        self.connection.close()
