"""What this subject says of itself (PROTOCOL.md, "Describing itself")."""

from python import build, runtime, workloads


def facts():
    yield "cowlab-subject", 1
    yield "subject", runtime.NAME.lower()
    yield "about", f"{runtime.NAME} 3, with the workloads written in Python"
    yield "stands-for", runtime.NAME
    yield "version", runtime.version()
    for name, value in build.facts():
        yield "build", name, value
    for step, (meaning, _) in runtime.PREPARE.items():
        yield "prepare", step, meaning
    for step, why in runtime.LACKS.items():
        yield "lacks", step, why
    for name in workloads.NAMES:
        workload = workloads.find(name)
        yield "workload", name, workload.ABOUT
        for parameter in workload.PARAMETERS:
            yield "parameter", name, *parameter.fields()


def describe():
    for fact in facts():
        print(*fact, sep="\t")
