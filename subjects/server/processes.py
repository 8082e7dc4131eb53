"""What the kernel says of other processes."""

import os
import signal


def children(pid):
    """In the order of their forks, whichever thread forked them."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children",
                  encoding="ascii") as file:
            found += map(int, file.read().split())
    return found


def end_text(returncode):
    """How a child ended, from what subprocess.Popen tells."""
    if returncode >= 0:
        return f"exited with status {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = "unnamed"
    return f"was killed by signal {-returncode} ({name})"
