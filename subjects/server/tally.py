"""Which worker served how many requests, and what it told of itself."""

import threading

LISTED = 64  # collections, in one answer


class Served:
    """By one worker."""

    def __init__(self):
        self.requests = 0
        self.counts = {}  # collections since the fork, by kind
        self.collections = []  # that no answer has told yet
        self.unlisted = 0


class Tally:
    def __init__(self, pids):
        self.lock = threading.Lock()
        self.workers = {pid: Served() for pid in pids}

    def add(self, reply):
        """Takes a reply apart; returns its number."""
        told = dict(pair.split("=", 1) for pair in reply.split())
        pid = int(told.pop("pid"))
        if pid not in self.workers:
            raise ValueError(f"process {pid} replied, which is no worker")
        with self.lock:
            served = self.workers[pid]
            served.requests += 1
            served.collections += filter(
                None, told.pop("collections", "").split(","))
            served.unlisted += int(told.pop("collections_more", 0))
            number = int(told.pop("reply"), 16)
            # Replies of one worker to two clients may come in another order.
            for kind, count in told.items():
                served.counts[kind] = max(int(count),
                                          served.counts.get(kind, 0))
        return number

    def take_collections(self, pid):
        """As in the answer to `serve`, and in order of their begin."""
        with self.lock:
            served = self.workers[pid]
            began = sorted(served.collections,
                           key=lambda text: int(text.split(":")[1]))
            unlisted = served.unlisted + len(began[LISTED:])
            served.collections, served.unlisted = [], 0
        return ((" collections=" + ",".join(began[:LISTED]) if began else "")
                + (f" collections_more={unlisted}" if unlisted else ""))

    def stats(self, pid):
        served = self.workers[pid]
        counters = {"requests": served.requests,
                    **{f"{kind}_collections": count
                       for kind, count in served.counts.items()}}
        return "".join(f" {key}={n}" for key, n in counters.items())
