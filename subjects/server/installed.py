"""What is installed here, and what Debian calls it where it is not."""

import functools
import os
import shutil
import subprocess

SUBJECTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Of a server that imports the application.
PYTHON_ENVIRONMENT = {"PYTHONPATH": SUBJECTS, "PYTHONDONTWRITEBYTECODE": "1"}


@functools.cache
def output(*command, errors=subprocess.DEVNULL):
    """What a program prints, or "" where it fails or is not there; its standard
    error, too, with errors=subprocess.STDOUT."""
    try:
        return subprocess.run(command, check=True, text=True,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=errors).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def interpreter(program):
    """That of a script in $PATH, by its first line."""
    path = shutil.which(program)
    if not path:
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        line = file.readline().strip()
    return line[2:].split()[0] if line.startswith("#!") else ""


def versions(interpreter, program):
    """The words that a line of a program prints, or none where it fails."""
    options = ("-I", "-c") if "python" in interpreter else ("-e",)
    return output(interpreter, *options, program).split()


def lacks(what, package):
    return f"{what} is not installed (Debian package {package})"
