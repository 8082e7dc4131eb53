#!/usr/bin/env bats
# `cowlab show`: one collector, workload, subject or experiment, whole.

load front

bats_require_minimum_version 1.5.0

setup()
{
    set_up_front
    cd "$FRONT" || exit
}

teardown()
{
    cd /
    tear_down_front
}

has()
{
    grep -qFe "$1" <<<"$output" || {
        printf 'missing: %s\nin:\n%s\n' "$1" "$output"
        return 1
    }
}

write_experiment()
{
    mkdir -p experiments
    cat >experiments/base.yaml <<'YAML'
experiment: base
seed: 5
requests-per-burst: 24
matrix:
  subject: [mark-side, mark-header]
  workload: [uniform]
YAML
    cat >experiments/upper.yaml <<'YAML'
experiment: upper
about: laid upon another
extends: base.yaml
invocations: 2
sample: [1, 10]
matrix:
  workers: [2, 3]
exclude:
  - subject=mark-side,workers=3
override:
  - {only: subject=mark-header, bursts: 7}
YAML
}

@test "a collector is shown with options, prepare steps and metadata" {
    run front show collector mark-header
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "Collector mark-header: mark-sweep, the mark in the header" ]
    has "  stands for: PyPy 2.x minimark"
    has "  workloads: uniform"
    has "option  type     default  range       unit     meaning"
    has "growth  integer  100      1..1000     percent  growth of the heap"
    has "sweep   choice   eager    eager|lazy"
    has "mark-header  mark  header        1     object  mark, sweep"
    run front show --json collector mark-header
    jq -e '.name == "mark-header" and .options[0].maximum == 1000 and
        .metadata == [{collector: "mark-header", kind: "mark",
        placement: "header", bits: 1, per_bytes: null,
        when: "mark, sweep"}]' <<<"$output"
}

@test "a workload is shown with its parameters and who has it" {
    run front show workload uniform
    [ "$status" -eq 0 ]
    has "  of: mark-header mark-side"
    has "object-bytes  integer  64       16..4096          bytes"
    [ "$(grep -c '^Workload' <<<"$output")" -eq 1 ]
    run front show workload uniform --json
    jq -e '.parameters[1].default == 1048576' <<<"$output"
}

@test "a runtime is a subject, and no collector" {
    run front show subject python
    [ "$status" -eq 0 ]
    has "Runtime python: CPython 3"
    has "  compiler: GCC 12.2.0"
    has "  pymalloc: yes"
    has "  version: CPython 3.11.2"
    has "python   freeze  objects left alone by the collector"
    has "It has no step 'warmup': it needs CPython 3.99, and this is CPython 3.11.2."
    run front show collector python
    [ "$status" -eq 1 ]
    has "'python' is a runtime, not a collector: see cowlab show subject python"
    run front show subject pypy
    [ "$status" -eq 3 ]
    has "'pypy' is not here: pypy3 is not installed (Debian package pypy3)"
}

@test "unknown words are refused with the nearest" {
    run front show colector mark-side
    [ "$status" -eq 1 ]
    has "unknown kind 'colector': did you mean 'collector'?"
    run front show collector mark-sidd
    [ "$status" -eq 1 ]
    [ "$output" = "cowlab: unknown collector 'mark-sidd': did you mean 'mark-side'?" ]
    run front show workload unifrom
    has "unknown workload 'unifrom': did you mean 'uniform'?"
    run front show subject pypi
    has "unknown subject 'pypi': did you mean 'pypy'?"
    write_experiment
    run front show experiment uper
    [ "$status" -eq 1 ]
    [ "$output" = "cowlab: unknown experiment 'uper': did you mean 'upper'?" ]
}

@test "what is missing or too much on the command line is told" {
    run front show
    [ "$status" -eq 1 ]
    has "collector, workload, subject or experiment?"
    run front show workload
    [ "$status" -eq 1 ]
    has 'which workload?'
    run front show workload uniform --set bursts=1
    [ "$status" -eq 1 ]
    has "--set is for an experiment"
}

@test "an experiment is shown as it is in force, with its matrix" {
    write_experiment
    run front show experiment upper --set seed=9
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "Experiment upper: laid upon another" ]
    grep -qE "^  seed +--set 'seed=9' +- +9$" <<<"$output"
    grep -qE '^  requests-per-burst +experiments/base.yaml:3 +- +24$' \
        <<<"$output"
    grep -qE '^  sample +experiments/upper.yaml:5 +- +\[1, 10\]$' <<<"$output"
    grep -qE '^  timeout +default +seconds +60$' <<<"$output"
    has "['subject=mark-side,workers=3']"
    has "[{only: subject=mark-header, bursts: 7}]"
    has "  subject: mark-side; mark-header"
    has "  workload: uniform; uniform bursts=7"
    has "  workers: 2; 3"
    has "3 cells, 2 invocations of each, 6 in all:"
    grep -qE '^  mark-header +uniform bursts=7 +3 +mark-header-' <<<"$output"
    has "Excluded: subject=mark-side,workers=3: 1 cells."
    run front show experiment ./experiments/upper.yaml --json
    jq -e '[.keys[] | select(.name == "sample")] == [{name: "sample",
        from: "./experiments/upper.yaml:5", unit: null, value: [1, 10]}]' \
        <<<"$output"
    jq -e '[.keys[] | select(.name == "blame").value] == [false]' <<<"$output"
    jq -e '[.cells[].bursts] == [10, 7, 7] and .invocations == 2 and
        .excluded[0].cells == 1' <<<"$output"
    echo 'burst: 1' >>experiments/upper.yaml
    run front show experiment upper
    [ "$status" -eq 1 ]
    has "experiments/upper.yaml:12:1: unknown key 'burst': did you mean 'bursts'?"
}

@test "what an experiment leaves out is said" {
    mkdir experiments
    cat >experiments/some.yaml <<'YAML'
experiment: some
matrix:
  subject: [mark-side, {name: pypy, optional: true}]
  workload: [largeobject]
YAML
    run front show experiment some
    [ "$status" -eq 0 ]
    has "Left out: pypy: pypy3 is not installed (Debian package pypy3)."
    # So is one that is here, but does not run.
    fake_program "$FRONT/bin/pypy3" "exit 7"
    run front show experiment some
    [ "$status" -eq 0 ]
    has "Left out: pypy: $FRONT/bin/pypy3 "
    sed -i 's/, optional: true//' experiments/some.yaml
    run front show experiment some
    [ "$status" -eq 1 ]
    has "some.yaml:3:31: subject 'pypy' cannot run here: $FRONT/bin/pypy3 "
    has "python.py --describe: ended with exit status 7; mend that, or write"
}

@test "a step that this version of a runtime lacks is refused, or left out" {
    mkdir experiments
    cat >experiments/some.yaml <<'YAML'
experiment: some
matrix:
  subject:
    - mark-side
    - {name: python, label: warm, prepare: [gc, warmup]}
  workload: [largeobject]
YAML
    run front show experiment some
    [ "$status" -eq 1 ]
    has "some.yaml:5:14: subject 'python' cannot run here: it needs CPython 3.99, and this is CPython 3.11.2; mend that, or write 'optional: true' to leave it out"
    sed -i 's/warmup]/&, optional: true/' experiments/some.yaml
    run front show experiment some
    [ "$status" -eq 0 ]
    has "Left out: warm: it needs CPython 3.99, and this is CPython 3.11.2."
    sed -i 's/warmup/warmpu/' experiments/some.yaml
    run front show experiment some
    [ "$status" -eq 1 ]
    has "unknown prepare step of python 'warmpu'"
}

@test "a value of an option that is lacking here is refused, or left out" {
    printf 'lacks-value\tfront\tnginx\tnginx is away\n' |
        cat "$COWLAB_SOURCE/tests/fixtures/describe/gunicorn.txt" - >gunicorn.txt
    fake_program "$FRONT/bin/python3" "cat '$FRONT/gunicorn.txt'"
    run front show subject gunicorn
    has "It cannot have front=nginx here: nginx is away."
    mkdir experiments
    cat >experiments/some.yaml <<'YAML'
experiment: some
matrix:
  subject:
    - {name: gunicorn, front: [nginx, bare], prepare: [gc]}
  workload: [largeobject]
include:
  - workers: [1]
YAML
    run front show experiment some
    [ "$status" -eq 1 ]
    has "some.yaml:4:14: subject 'gunicorn' cannot run here: nginx is away; mend"
    sed -i 's/gc]/&, optional: true/' experiments/some.yaml
    run front show --json experiment some
    [ "$status" -eq 0 ]
    jq -e '.left_out == [{subject: "gunicorn front=nginx prepare=gc",
        why: "nginx is away"}] and ([.cells[].subject.options.front] ==
        ["bare", "bare"])' <<<"$output"
    sed -i 's/\[nginx, bare\]/nginx/' experiments/some.yaml
    run front show experiment some
    [ "$status" -eq 1 ]
    has "none of the subjects can run here: nginx is away"
}

@test "without a name, all keys are shown, and those are all that are known" {
    run front show experiment
    [ "$status" -eq 0 ]
    grep -qE '^  bursts +integer +10 +0\.\.1000000 +- +how often' <<<"$output"
    grep -qE '^  sample +list of integers +\[1, 2, 3, 5, 10, 20, 50, 100\] ' \
        <<<"$output"
    front show --json experiment >keys.json
    jq -e '[.groups[].keys[].meaning | length > 0] | all' keys.json
    jq -r '[.groups[] | select(.group == "experiment" or .group == "regime")
        .keys[].name] | join(", ")' keys.json >shown
    printf 'experiment: x\nzzzzzz: 1\n' >x.yaml
    front show experiment ./x.yaml 2>refused || true
    sed -n "s/.*unknown key 'zzzzzz': known are //p" refused | diff - shown
}

@test "the example of show --help runs" {
    example=$(front show --help | sed -n 's/^Example: cowlab //p')
    # shellcheck disable=SC2086 # its words are to be split
    run front $example
    [ "$status" -eq 0 ]
    has "Collector mark-side"
}
