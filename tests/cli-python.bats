#!/usr/bin/env bats
# The adapter for CPython and PyPy, as the supervisor meets it.

setup()
{
    [ -z "${COWLAB_SANITIZED:-}" ] || skip "an adapter has nothing to be sanitized"
    adapter=$COWLAB_SOURCE/subjects/python.py
}

# converse INTERPRETER SCENARIO of tests/adapter.py
converse()
{
    command -v "$1" >/dev/null ||
        skip "$1 is not installed (Debian package $1)"
    python3 "$COWLAB_SOURCE/tests/adapter.py" "$1" "$2"
}

describes()
{
    command -v "$1" >/dev/null ||
        skip "$1 is not installed (Debian package $1)"
    run "$1" "$adapter" --describe
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'cowlab-subject\t1' ]
    grep -qE $'^version\t'"$2"' [0-9]' <<<"$output"
    grep -qE $'^build\t(pymalloc|gc)\t[a-z]+$' <<<"$output"
    grep -qE $'^build\tcompiler\t[A-Za-z]+ [0-9.]+' <<<"$output"
    grep -qF $'workload\tlargeobject\t' <<<"$output"
    [ "$(grep -cE $'^parameter\tlargeobject\t[a-z-]+\tinteger\t[0-9]+\t[0-9]+\t[0-9]+\t[a-z-]+\t[^\t]+$' <<<"$output")" -eq 8 ]
    [ "$(grep -cE $'^parameter\tlargeobject\t[a-z-]+\tchoice\t[a-z]+\t[a-z|]+\t-\t-\t[^\t]+$' <<<"$output")" -eq 2 ]
}

@test "python3: describes itself" { describes python3 CPython; }
@test "python3: a whole conversation" { converse python3 whole; }
@test "python3: collections are listed" { converse python3 collections; }
@test "python3: phases are told" { converse python3 phases; }
@test "python3: phases without room are counted" {
    converse python3 phases_unlisted
}
@test "python3: shared strings" { converse python3 shared_strings; }
@test "python3: nonsense is an error" { converse python3 nonsense; }
@test "python3: requests when they are due" { converse python3 scheduled; }
@test "python3: a killed worker is reaped" { converse python3 reap; }
@test "python3: a lost connection is the end" { converse python3 lost; }
@test "python3: the same work as in C" { converse python3 agree; }
@test "python3: workloads have the parameters that they have in C" {
    converse python3 same_parameters
}
@test "python3: freeze and disable" { converse python3 freeze; }

@test "pypy3: describes itself" { describes pypy3 PyPy; }
@test "pypy3: a whole conversation" { converse pypy3 whole; }
@test "pypy3: collections are listed" { converse pypy3 collections; }
@test "pypy3: phases are told" { converse pypy3 phases; }
@test "pypy3: phases without room are counted" {
    converse pypy3 phases_unlisted
}
@test "pypy3: shared strings" { converse pypy3 shared_strings; }
@test "pypy3: nonsense is an error" { converse pypy3 nonsense; }
@test "pypy3: requests when they are due" { converse pypy3 scheduled; }
@test "pypy3: a killed worker is reaped" { converse pypy3 reap; }
@test "pypy3: a lost connection is the end" { converse pypy3 lost; }
@test "pypy3: the same work as in C" { converse pypy3 agree; }
@test "pypy3: freeze and disable" { converse pypy3 freeze; }

@test "python.py alone says what starts it" {
    run env -u COWLAB_SOCKET python3 "$adapter"
    [ "$status" -eq 1 ]
    [[ $output == *"cowlab starts this program"* ]]
}

@test "python.py leaves no compiled code beside it" {
    cp -r "$COWLAB_SOURCE/subjects/python" "$adapter" "$BATS_TEST_TMPDIR"
    env -u PYTHONDONTWRITEBYTECODE python3 "$BATS_TEST_TMPDIR/python.py" \
        --describe >"$BATS_TEST_TMPDIR/out"
    [ -s "$BATS_TEST_TMPDIR/out" ]
    [ -z "$(find "$BATS_TEST_TMPDIR" -name '*.pyc')" ]
}
