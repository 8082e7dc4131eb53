"""The size of a template, as one parameter of every workload (see
workloads/scale.h)."""

from python.parameters import Integer

DEFAULT = 1000


def scale(objects):
    """The parameter of a workload that builds so many at scale 1000."""
    return Integer("scale", DEFAULT, 1, 1000000, "permille",
                   "size of what is built in the template: 1000 is " + objects)


def scaled(count, settings):
    """So many of `count`, rounded, and at least one."""
    return max(1, (count * settings["scale"] + DEFAULT // 2) // DEFAULT)
