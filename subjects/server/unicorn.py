"""Unicorn: workers forked from a master that has preloaded the application."""

import os
import re
import shutil

from server.installed import lacks, versions
from server.puma import APP, RUBY

NAME = "unicorn"
ABOUT = "Unicorn with preload_app and Rack, driven over HTTP"
STANDS_FOR = "Unicorn"
STOP = "SIGTERM"  # SIGQUIT would have it wait for requests
SPEAKS_UWSGI = False
KEEPS_ALIVE = False
LATE = re.compile(rb" INFO -- : (worker=\d+|master process) ready$")


BOTH = """require "rack"
module Unicorn; module Const; end; end
require "unicorn/version"
puts Unicorn::Const::UNICORN_VERSION, Rack.release"""


def missing():
    if not shutil.which("unicorn"):
        return lacks("unicorn", "unicorn")
    if not versions(RUBY, BOTH):
        return lacks("Rack", "ruby-rack")
    return None


def version():
    own, rack = versions(RUBY, BOTH)
    return f"Unicorn {own}, Rack {rack}"


def runtime():
    return RUBY, "ruby.rb"


def environment(place, workers):
    return {"UNICORN_FD": str(place.descriptor),
            "COWLAB_LISTEN": place.address, "COWLAB_WORKERS": str(workers)}


def command(_place, _workers, _front):
    return ["unicorn", "--env", "none", "--no-default-middleware",
            "--config-file", os.path.join(APP, "unicorn.rb"),
            os.path.join(APP, "config.ru")]
