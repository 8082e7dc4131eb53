"""How the runtime was built, and where it is."""

import os
import platform
import sys
import sysconfig

from python.runtime import IS_CPYTHON


def yes_or_no(value):
    return "yes" if value else "no"


def of_cpython():
    variable = sysconfig.get_config_var
    yield "configure", variable("CONFIG_ARGS")
    yield "cflags", variable("PY_CFLAGS")
    yield "shared-library", yes_or_no(variable("Py_ENABLE_SHARED"))
    yield "debug", yes_or_no(hasattr(sys, "gettotalrefcount"))
    yield "pymalloc", yes_or_no(variable("WITH_PYMALLOC"))
    # From 3.13 on it may be off, in a build that allows that.
    yield "gil", yes_or_no(getattr(sys, "_is_gil_enabled", lambda: True)())


def of_pypy():
    translation = sys.pypy_translation_info
    yield "gc", translation["translation.gc"]
    yield "gc-roots", translation["translation.gcrootfinder"]
    yield "jit", yes_or_no(translation["translation.jit"])
    yield "list-strategies", yes_or_no(
        translation["objspace.std.withliststrategies"])


def facts():
    """(name, value) of each; what this build does not tell is left out."""
    yield "executable", os.path.realpath(sys.executable)
    yield "built", ", ".join(filter(None, platform.python_build()))
    # "3.9.16 (...)\n[PyPy 7.3.11 with GCC 12.2.0]", "3.11.2 (...) [GCC 12.2.0]"
    yield "compiler", sys.version.split("[")[1].split("with ")[-1].rstrip("]")
    for name, value in of_cpython() if IS_CPYTHON else of_pypy():
        text = " ".join(str(value or "").split())
        if text:
            yield name, text
