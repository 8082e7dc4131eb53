"""gunicorn: sync workers forked from a master that was told --preload."""

from server.installed import (PYTHON_ENVIRONMENT, django_version, interpreter,
                              lacks, output)

NAME = "gunicorn"
ABOUT = "gunicorn --preload with Django, driven over HTTP"
STANDS_FOR = "gunicorn"
STOP = "SIGQUIT"  # SIGTERM has it wait for its workers' next second
SPEAKS_UWSGI = False
KEEPS_ALIVE = False  # its sync workers close after each reply


def missing():
    if not output("gunicorn", "--version"):
        return lacks("gunicorn", "gunicorn")
    if not django_version(interpreter("gunicorn")):
        return lacks("Django", "python3-django")
    return None


def version():
    number = output("gunicorn", "--version").split()[-1].rstrip(")")
    return (f"gunicorn {number}, Django "
            + django_version(interpreter("gunicorn")))


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
