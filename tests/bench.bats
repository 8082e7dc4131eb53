#!/usr/bin/env bats
# The benchmark of the collectors, so small that its times mean nothing: that it
# finds every collector, and that all of them build the same trees.

load collectors

bench()
{
    python3 "$COWLAB_SOURCE/tests/bench-collectors.py" "$@" --depth 6 \
        --repetitions 1 --heap-bytes 1048576
}

setup()
{
    command -v python3 >/dev/null || skip "python3 is not installed"
    find_collectors
}

# Rows of the table of a workload that have a time for the name.
rows()
{
    awk -v name="$2" '
        /^[^ ]/ { inside = index($0, "'"$1"'") == 1 }
        inside && $1 == name && $2 > 0 && $NF > 0' <<<"$output" | grep -c .
}

@test "there is a row for malloc/free and for each collector" {
    run bench "$COWLAB_BUILD"
    [ "$status" -eq 0 ]
    for workload in binary-trees gcbench; do
        for program in malloc/free "${collectors[@]##*/}"; do
            [ "$(rows "$workload" "$program")" -eq 1 ]
        done
    done
    [ "$(grep -cE '^  mark-(header|side) +[0-9.]+ +[0-9.]+$' <<<"$output")" -eq 2 ]
    grep -q "^the indirection's cost" <<<"$output"
}

@test "a program that builds other trees, or ends badly, is told" {
    build=$BATS_TEST_TMPDIR
    mkdir "$build/collectors" "$build/tests"
    cp "$COWLAB_BUILD/tests/bench-malloc" "$build/tests"
    printf '#!/bin/sh\necho load_ns 1; echo serve_ns 1; echo replies 1\n' \
        >"$build/collectors/liar"
    printf '#!/bin/sh\necho out of memory >&2; exit 3\n' \
        >"$build/collectors/broken"
    chmod +x "$build"/collectors/*
    run bench "$build"
    [ "$status" -eq 1 ]
    grep -q "^liar: gcbench: other trees" <<<"$output"
    grep -q "^broken: .*status 3: out of memory" <<<"$output"
    grep -qE "^  liar +-$" <<<"$output"
}
