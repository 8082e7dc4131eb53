"""uWSGI: processes forked from a master that has imported the application."""

import re

from server.installed import (PYTHON_ENVIRONMENT, lacks, output,
                              versions)

NAME = "uwsgi"
ABOUT = "uWSGI in prefork mode with Django, driven over HTTP"
STANDS_FOR = "uWSGI"
STOP = "SIGTERM"  # with --die-on-term
SPEAKS_UWSGI = True  # to nginx
KEEPS_ALIVE = False  # its HTTP socket closes after each reply
LATE = re.compile(rb"^spawned uWSGI worker \d+ ")

PYTHON = "/usr/bin/python3"  # of which the plugin has the library
PLUGIN = ("uwsgi", "--plugin", "python3")


DJANGO = "import django; print(django.get_version())"


def missing():
    if not output("uwsgi", "--version"):
        return lacks("uwsgi", "uwsgi-core")
    if not output(*PLUGIN, "--python-version"):
        return lacks("uwsgi's plugin python3", "uwsgi-plugin-python3")
    if not versions(PYTHON, DJANGO):
        return lacks("Django", "python3-django")
    return None


def version():
    django, = versions(PYTHON, DJANGO)
    return f"uWSGI {output('uwsgi', '--version')}, Django {django}"


def runtime():
    return PYTHON, "python.py"


def environment(_place, _workers):
    return PYTHON_ENVIRONMENT


def command(place, workers, front):
    socket = "--socket" if front == "nginx" else "--http-socket"
    return [*PLUGIN, "--master", "--processes", str(workers), "--need-app",
            "--die-on-term", "--no-orphans", "--disable-logging",
            socket, f"fd://{place.descriptor}", "--module", "server.app.uwsgi"]
