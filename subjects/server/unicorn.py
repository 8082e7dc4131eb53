"""Unicorn: workers forked from a master that has preloaded the application."""

import os

from server.installed import lacks, output
from server.puma import APP, RUBY, rack_version

NAME = "unicorn"
ABOUT = "Unicorn with preload_app and Rack, driven over HTTP"
STANDS_FOR = "Unicorn"
STOP = "SIGTERM"  # SIGQUIT would have it wait for requests
SPEAKS_UWSGI = False
KEEPS_ALIVE = False


def missing():
    if not output("unicorn", "--version"):
        return lacks("unicorn", "unicorn")
    if not rack_version():
        return lacks("Rack", "ruby-rack")
    return None


def version():
    number = output("unicorn", "--version").split()[-1].lstrip("v")
    return f"Unicorn {number}, Rack {rack_version()}"


def runtime():
    return RUBY, "ruby.rb"


def environment(place, workers):
    return {"UNICORN_FD": str(place.descriptor),
            "COWLAB_LISTEN": place.address, "COWLAB_WORKERS": str(workers)}


def command(_place, _workers, _front):
    return ["unicorn", "--env", "none", "--no-default-middleware",
            "--config-file", os.path.join(APP, "unicorn.rb"),
            os.path.join(APP, "config.ru")]
