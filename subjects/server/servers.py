"""The servers, a file each."""

import importlib

NAMES = ("gunicorn", "puma", "unicorn", "uwsgi")


def find(name):
    """The file of a server."""
    return importlib.import_module("server." + name)
