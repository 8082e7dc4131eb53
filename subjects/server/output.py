"""What the server writes: kept, and told when something went wrong."""

import os
import threading

KEPT = 4096  # bytes
LINES = 3  # in a reason


class Output:
    def __init__(self):
        self.reader, self.writer = os.pipe()
        self.tail = b""
        self.thread = threading.Thread(target=self.keep, daemon=True)
        self.thread.start()

    def began(self):
        """The writers are the server's alone from now on."""
        os.close(self.writer)

    def keep(self):
        while data := os.read(self.reader, 65536):
            self.tail = (self.tail + data)[-KEPT:]

    def tell(self):
        """Writes the end of it to where the supervisor finds it."""
        tail, self.tail = self.tail, b""
        os.write(2, tail)

    def last(self):
        """The last words of a server that has ended, which are told, too."""
        self.thread.join(timeout=1)
        lines = self.tail.decode("utf-8", "replace").split("\n")
        self.tell()
        said = [line.strip() for line in lines if line.strip()]
        return " / ".join(said[-LINES:]) or "it wrote nothing"
