#!/usr/bin/env bats
# The experiments that hold models against the runtimes they stand for, run
# small with those that are installed.

load experiments

setup()
{
    set_up_experiments
}

teardown()
{
    tear_down_experiments
}

# compare_models NAME REAL MODEL WORKLOADS: a smaller copy of an experiment, of
# which each result is valid, so that all replied alike; the table of how far the
# model is from the runtime has a row for each workload.
compare_models()
{
    shrink "$1" 's/^invocations: .*/invocations: 1/; s/^bursts: .*/bursts: 1/
        s/scale: [0-9]\+/scale: 1/; s/scale: \[.*\]/scale: [2, 3]/
        s/name: \(read-mostly\|session-cache\),/& scale: 10,/
        s/name: largeobject,/& list-count: 60, string-count: 2000, static: 2,/'
    "$cowlab" run "$1.yaml" --results results --quiet \
        --only "subject=$2|$3,workload=$4" >table
    every '.status == "valid"'
    "$cowlab" plot results --figure erosion >drawn
    python3 "$COWLAB_SOURCE/tests/model-difference.py" results/figures "$2=$3" \
        >differences
    cat differences
    [ "$(grep -cE "  $2 .*  $3 .* [+-][0-9.]+ +[0-9]+\$" differences)" -eq \
        "$(jq -s '[.[].cell.workload.label] | unique | length' results/*.json)" ]
}

@test "model-python: CPython beside refcount" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    compare_models model-python CPython refcount \
        'largeobject read|largeobject built|read-mostly|session-cache'
    [ "$(wc -l <differences)" -eq 5 ]
}

@test "model-python: CPython and refcount, frozen" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    compare_models model-python 'CPython frozen' 'refcount frozen' \
        'make-objects|strings-10m'
    [ "$(wc -l <differences)" -eq 3 ]
}

@test "model-python: PyPy beside minimark" {
    command -v pypy3 >/dev/null || skip "pypy3 is not installed"
    compare_models model-python PyPy minimark \
        'largeobject built|read-mostly|make-objects|strings-10m'
    [ "$(wc -l <differences)" -eq 5 ]
}

need_ruby()
{
    command -v ruby >/dev/null ||
        skip "ruby is not installed (Debian package ruby)"
}

@test "model-ruby: Ruby beside sticky-header" {
    need_ruby
    compare_models model-ruby Ruby sticky-header \
        'read-mostly|session-cache|strings-10m'
    [ "$(wc -l <differences)" -eq 4 ]
}

@test "model-ruby: compacted" {
    need_ruby
    compare_models model-ruby 'Ruby compacted' 'warmup compacted' largeobject
    [ "$(wc -l <differences)" -eq 2 ]
}

# Less than half of the pages that a heap of young objects loses.
@test "model-ruby: what is old when it is forked is not written" {
    need_ruby
    shrink model-ruby 's/^invocations: .*/invocations: 1/
        s/^bursts: .*/bursts: 1/; s/scale: [0-9]\+/scale: 20/'
    "$cowlab" run model-ruby.yaml --results results --quiet --only \
        'workload=make-objects,subject=Ruby young|Ruby started|sticky-header young|sticky-header collected' \
        >table
    every '.status == "valid"'
    jq -s '[.[] | {(.cell.subject.label):
        ([.workers[].samples[-1].pages.total.broken] | add)}] | add' \
        results/*.json >broken
    jq -e '2 * .["Ruby started"] < .["Ruby young"] and
        2 * .["sticky-header collected"] < .["sticky-header young"]' broken || {
        cat broken
        false
    }
}

@test "model-difference.py says what it lacks" {
    mkdir figures
    run python3 "$COWLAB_SOURCE/tests/model-difference.py" figures a=b
    [ "$status" -eq 1 ]
    grep -q 'cowlab plot --figure erosion makes it' <<<"$output"
    printf '%s\n' '# workload w, 2 workers' '"a"' '1 5 5 5' '2 7 7 7' '' '' \
        '"b"' '1 9 9 9' '2 7.5 8 8' >figures/erosion.dat
    python3 "$COWLAB_SOURCE/tests/model-difference.py" figures a=b >differences
    grep -qE '^w, 2 workers +a +7.0  b +7.5 +-4.0 +1$' differences
}
