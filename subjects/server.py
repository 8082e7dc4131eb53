#!/usr/bin/env python3
"""server.py: the adapter that makes a prefork server a subject of cowlab.

It starts the server whose name it is given, with the workloads in a small
application, drives it over HTTP on loopback, and speaks subjects/PROTOCOL.md on
behalf of the server's processes, whose memory is what is measured.  Its parts
are in the folder server/ beside it."""

import os
import sys

sys.dont_write_bytecode = True  # whoever is measured leaves nothing behind


def main():
    from server import servers
    names = ", ".join(servers.NAMES)
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in servers.NAMES:
        sys.exit(f"server.py: expected the name of a server: {names}")
    if sys.argv[2:] == ["--describe"]:
        from server.describe import describe
        describe(servers.find(name))
    elif sys.argv[2:] or "COWLAB_SOCKET" not in os.environ:
        sys.exit("server.py: cowlab starts this program, with COWLAB_SOCKET "
                 f"set; by hand it can only do server.py {name} --describe")
    else:
        from server.adapter import Adapter
        Adapter(servers.find(name)).converse()


main()
