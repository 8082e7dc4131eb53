"""Puma in cluster mode: workers of one thread, forked from a master that has
preloaded the application."""

import os

from server.installed import lacks, output

NAME = "puma"
ABOUT = "Puma in cluster mode with Rack, driven over HTTP"
STANDS_FOR = "Puma"
STOP = "SIGTERM"
SPEAKS_UWSGI = False
KEEPS_ALIVE = True

APP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "app")
RUBY = "ruby"


def missing():
    if not output("puma", "--version"):
        return lacks("puma", "puma")
    if not rack_version():
        return lacks("Rack", "ruby-rack")
    return None


def rack_version():
    return output(RUBY, "-rrack", "-e", "puts Rack.release")


def version():
    number = output("puma", "--version").split()[-1]
    return f"Puma {number}, Rack {rack_version()}"


def runtime():
    return RUBY, "ruby.rb"


def environment(place, _workers):
    return {"PUMA_INHERIT_0": f"{place.descriptor}:tcp://{place.address}"}


def command(place, workers, _front):
    return ["puma", "--workers", str(workers), "--bind",
            f"tcp://{place.address}", "--config",
            os.path.join(APP, "puma.rb")]
