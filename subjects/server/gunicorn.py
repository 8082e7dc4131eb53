"""gunicorn: sync workers forked from a master that was told --preload."""

import shutil

from server.installed import (PYTHON_ENVIRONMENT, first_line, lacks,
                              python_of, versions)

NAME = "gunicorn"
ABOUT = "gunicorn --preload with Django, driven over HTTP"
STANDS_FOR = "gunicorn"
STOP = "SIGQUIT"  # SIGTERM has it wait for its workers' next second
SPEAKS_UWSGI = False
KEEPS_ALIVE = False  # its sync workers close after each reply
LATE = None  # it writes nothing at its start


BOTH = """import django, gunicorn
print(gunicorn.__version__, django.get_version())"""


def python():
    path = shutil.which("gunicorn")
    return python_of(path) if path else ""


def missing():
    path = shutil.which("gunicorn")
    if not path:
        return lacks("gunicorn", "gunicorn")
    if not python():
        return (f"it cannot be told which Python runs {path}, whose first line "
                f"is {first_line(path)!r}")
    if not versions(python(), BOTH):
        return lacks(f"Django for {python()}, which runs gunicorn,",
                     "python3-django")
    return None


def version():
    own, django = versions(python(), BOTH)
    return f"gunicorn {own}, Django {django}"


def runtime():
    return python(), "python.py"


def environment(_place, _workers):
    return PYTHON_ENVIRONMENT


def command(place, workers, _front):
    # A worker that has nothing to do wakes each half of the timeout, and writes.
    return ["gunicorn", "--preload", "--workers", str(workers), "--timeout",
            "7200", "--bind", f"fd://{place.descriptor}", "--log-level",
            "warning", "--config", "python:server.app.gunicorn",
            "server.app.django:application"]
