"""The workloads, a file each, which have the names, parameters, replies and
checksums of their namesakes in C (workloads/ beside subjects/).

A file declares ABOUT, PARAMETERS and the class Workload: made with the settings
and the random numbers of the load, it has request(number, random), which
returns a reply, and checksum()."""

import importlib

NAMES = ("largeobject", "read-mostly", "session-cache", "make-objects",
         "strings-10m")


def find(name):
    """The file of a workload."""
    if name not in NAMES:
        raise ValueError(f"the workloads of this subject are "
                         f"{', '.join(NAMES)}")
    return importlib.import_module("." + name.replace("-", "_"), __name__)
