"""gunicorn: sync workers forked from a master that was told --preload."""

import shutil

from server.installed import (PYTHON_ENVIRONMENT, interpreter, lacks,
                              versions)

NAME = "gunicorn"
ABOUT = "gunicorn --preload with Django, driven over HTTP"
STANDS_FOR = "gunicorn"
STOP = "SIGQUIT"  # SIGTERM has it wait for its workers' next second
SPEAKS_UWSGI = False
KEEPS_ALIVE = False  # its sync workers close after each reply


BOTH = """import django, gunicorn
print(gunicorn.__version__, django.get_version())"""


def missing():
    if not shutil.which("gunicorn"):
        return lacks("gunicorn", "gunicorn")
    if not versions(interpreter("gunicorn"), BOTH):
        return lacks("Django", "python3-django")
    return None


def version():
    own, django = versions(interpreter("gunicorn"), BOTH)
    return f"gunicorn {own}, Django {django}"


def runtime():
    return interpreter("gunicorn"), "python.py"


def environment(_place, _workers):
    return PYTHON_ENVIRONMENT


def command(place, workers, _front):
    # A worker that has nothing to do wakes each half of the timeout, and writes.
    return ["gunicorn", "--preload", "--workers", str(workers), "--timeout",
            "7200", "--bind", f"fd://{place.descriptor}", "--log-level",
            "warning", "--config", "python:server.app.gunicorn",
            "server.app.django:application"]
