"""Which runtime this is, and what it can be asked for."""

import gc
import sys

IS_CPYTHON = sys.implementation.name == "cpython"
NAME = "CPython" if IS_CPYTHON else "PyPy"

# step: (what it does, how)
PREPARE = {"gc": ("a full collection", gc.collect)}
if hasattr(gc, "freeze"):
    PREPARE["freeze"] = ("gc.freeze(): the collector leaves alone whatever "
                         "exists at the fork", gc.freeze)
# step: why it is not there
LACKS = {} if "freeze" in PREPARE else {
    "freeze": f"gc.freeze() is CPython's, and this is {NAME}"}
PREPARE["disable"] = ("gc.disable(): collections only when asked for",
                      gc.disable)

# Only CPython lets a program ask for a collection of the young alone.
COLLECT = {"full": gc.collect}
if IS_CPYTHON:
    COLLECT["minor"] = lambda: gc.collect(0)


def version():
    python = sys.version.split()[0]
    if IS_CPYTHON:
        return f"CPython {python}"
    return "PyPy %d.%d.%d (%s)" % (sys.pypy_version_info[:3] + (python,))
