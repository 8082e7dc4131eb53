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


def first_line(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline(256).strip()


def python_of(path):
    """The Python that runs a script, by its first line; "" where that does not
    tell: it may be a shell's, which finds a Python as only it knows."""
    line = first_line(path)
    words = line[2:].split() if line.startswith("#!") else []
    if words and os.path.basename(words[0]) == "env":
        words = line.replace(" -S", " ").split()[1:]
    python = shutil.which(words[0]) if words else None
    name = os.path.basename(python or "")
    return python if name.startswith(("python", "pypy")) else ""


def versions(interpreter, program):
    """The words that a line of a program prints, or none where it fails."""
    options = (("-e",) if os.path.basename(interpreter).startswith("ruby")
               else ("-I", "-c"))
    return output(interpreter, *options, program).split()


def lacks(what, package):
    return f"{what} is not installed (Debian package {package})"
