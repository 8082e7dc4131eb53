"""Puma in cluster mode: workers of one thread, forked from a master that has
preloaded the application."""

import os
import re
import shutil

from server.installed import lacks, versions

NAME = "puma"
ABOUT = "Puma in cluster mode with Rack, driven over HTTP"
STANDS_FOR = "Puma"
STOP = "SIGTERM"
SPEAKS_UWSGI = False
KEEPS_ALIVE = True
LATE = re.compile(rb"\] - Worker \d+ \(PID: \d+\) booted ")

APP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "app")
RUBY = "ruby"
BOTH = """require "rack"; require "puma/const"
puts Puma::Const::PUMA_VERSION, Rack.release"""


def missing():
    if not shutil.which("puma"):
        return lacks("puma", "puma")
    if not versions(RUBY, BOTH):
        return lacks("Rack", "ruby-rack")
    return None


def version():
    own, rack = versions(RUBY, BOTH)
    return f"Puma {own}, Rack {rack}"


def runtime():
    return RUBY, "ruby.rb"


def environment(place, _workers):
    return {"PUMA_INHERIT_0": f"{place.descriptor}:tcp://{place.address}"}


def command(place, workers, _front):
    return ["puma", "--workers", str(workers), "--bind",
            f"tcp://{place.address}", "--config",
            os.path.join(APP, "puma.rb")]
