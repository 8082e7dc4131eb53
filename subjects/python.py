#!/usr/bin/env python3
"""python.py: the adapter that makes CPython 3 or PyPy 3 a subject of cowlab.

One program for both: it speaks subjects/PROTOCOL.md and serves workloads
written as one would write them in Python.  Its parts are in the folder python/
beside it."""

import os
import sys

sys.dont_write_bytecode = True  # whoever is measured leaves nothing behind


def main():
    if sys.argv[1:] == ["--describe"]:
        from python.describe import describe
        describe()
    elif sys.argv[1:] or "COWLAB_SOCKET" not in os.environ:
        sys.exit("python.py: cowlab starts this program, with COWLAB_SOCKET "
                 "set; by hand it can only do python.py --describe")
    else:
        from python.template import Template
        Template().converse()


main()
