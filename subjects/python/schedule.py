"""When requests are due (PROTOCOL.md, "To a worker")."""

import time

from python.parameters import number

TIME_MAXIMUM = (1 << 60) - 1


def due_times(count, at, start, how, text):
    """When each of the requests is due, in ns of the monotonic clock."""
    start = number(start, 0, TIME_MAXIMUM)
    if at == "at" and how == "every":
        interval = number(text, 0, TIME_MAXIMUM)
        return [start + i * interval for i in range(count)]
    if at != "at" or how != "plus":
        raise ValueError("expected at T every NS, or at T plus NS,NS,...")
    offsets = [number(item, 0, TIME_MAXIMUM) for item in text.split(",")]
    if len(offsets) != count or offsets != sorted(offsets):
        raise ValueError(f"expected {count} numbers that do not fall")
    return [start + offset for offset in offsets]


def wait_until(due):
    """Returns the time, which is not before."""
    now = time.monotonic_ns()
    while now < due:
        time.sleep((due - now) / 1e9)
        now = time.monotonic_ns()
    return now
