#!/usr/bin/env bats
# The benchmarks, so small that their times mean nothing: that the collectors'
# finds every collector, and that all of them build the same trees; that the
# barriers' finds every means, and says of which it could not run; and what the
# counting collectors' objects weigh, which means much at any size.

load collectors

bench()
{
    python3 "$COWLAB_SOURCE/tests/bench-collectors.py" "$@" --depth 6 \
        --repetitions 1 --heap-bytes 1048576
}

setup()
{
    [ -z "${COWLAB_SANITIZED:-}" ] || skip "a sanitized program's speed says nothing"
    command -v python3 >/dev/null || skip "python3 is not installed"
    find_collectors
}

# Rows of the table of a workload that have a time for the name; trees as small
# as these may take 0.0 ms.
rows()
{
    awk -v name="$2" '
        /^[^ ]/ { inside = index($0, "'"$1"'") == 1 }
        inside && $1 == name && $2 ~ /^[0-9.]+$/ && $NF ~ /^[0-9.]+$/' \
        <<<"$output" | grep -c .
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

# means_of PROGRAM OPTION...: the values of its options, as they are named there.
means_of()
{
    "$COWLAB_BUILD/collectors/$1" --describe |
        awk -F'\t' -v option="$2" '$1 == "option" && $2 == option { print $5 }' |
        tr '|' '\n'
}

@test "each means of remembering is in each table, or its refusal is told" {
    run python3 "$COWLAB_SOURCE/tests/bench-barriers.py" "$COWLAB_BUILD" --quick
    [ "$status" -eq 0 ]
    units=$(means_of gencopy-page unit)
    [ "$(grep -c . <<<"$units")" -gt 1 ]
    {
        echo flag
        means_of gencopy-card card | sed 's/^/card /'
        for remember in $(means_of gencopy-page remember); do
            case $remember in
                mprotect|userfaultfd) sed "s/^/$remember /" <<<"$units" ;;
                *) echo "$remember" ;;
            esac
        done
    } >"$BATS_TEST_TMPDIR/expected"
    [ "$(grep -c . "$BATS_TEST_TMPDIR/expected")" -gt 15 ]
    while read -r means; do
        grep -q "^$means: skipped: refused: ." <<<"$output" ||
            [ "$(grep -cE "^  $means  +-?[0-9]" <<<"$output")" -eq 4 ] || {
            echo "$means:"
            echo "$output"
            false
        }
    done <"$BATS_TEST_TMPDIR/expected"
    grep -q "^the quickest, by stores a request: 0: [a-z]" <<<"$output"
    grep -qE "^a trap, 4096: SIGSEGV [0-9]|SIGSEGV: skipped" <<<"$output"
}

@test "a means that this kernel refuses is skipped, one that fails is told" {
    build=$BATS_TEST_TMPDIR
    mkdir "$build/collectors"
    cp "$COWLAB_BUILD"/collectors/{semispace,gencopy,gencopy-card} \
        "$build/collectors"
    cat >"$build/collectors/gencopy-page" <<'END'
#!/bin/sh
if [ "$1" = --describe ]; then
    printf 'option\tremember\tchoice\tone\tone|another\n'
    exit
fi
case "$*" in
    *=one*) echo 'refused: remember=one: no such kernel' >&2 ;;
    *) echo out of memory >&2 ;;
esac
exit 1
END
    chmod +x "$build/collectors/gencopy-page"
    run python3 "$COWLAB_SOURCE/tests/bench-barriers.py" "$build" --quick
    [ "$status" -eq 1 ]
    grep -q '^one: skipped: .*no such kernel$' <<<"$output"
    grep -q '^another: failed: out of memory$' <<<"$output"
}

# value ROW: the first number of the first row that begins so.
value()
{
    sed -nE "s/^  $1 +(-?[0-9.]+).*/\1/p" <<<"$output" | head -1
}

@test "bitmaps save 24 bytes of a container, but for their own" {
    run python3 "$COWLAB_SOURCE/tests/bench-refcount.py" "$COWLAB_BUILD" \
        --heap-bytes 1048576 --objects 20000 --repetitions 1
    [ "$status" -eq 0 ]
    for row in 'refcount: lists' 'refcount-bitmap: a summary' \
        'refcount-bitmap: a crawl' 'refcount-side: a summary'; do
        [ "$(grep -cE "^  $row +[0-9]" <<<"$output")" -eq 3 ]
    done
    for row in 'no count' 'in the object' 'in a table'; do
        grep -qE "^  $row +[0-9]" <<<"$output"
    done
    if grep -q '^bytes of refcount: skipped' <<<"$output"; then
        skip "$(grep -m 1 skipped <<<"$output")"
    fi
    [ "$(value 'refcount, computed: 32 \+ 8')" -eq 48 ]
    [ "$(value 'refcount-bitmap, computed: 8 \+ 8')" -eq 24 ]
    [ "$(value 'refcount-side, computed: 0 \+ 8')" -eq 16 ]
    saved=$(value '  on the average of them')
    awk -v saved="$saved" 'BEGIN { exit !(saved > 22 && saved < 24) }'
}

@test "a counting collector that ends badly is told" {
    build=$BATS_TEST_TMPDIR
    mkdir "$build/collectors" "$build/tests"
    for name in collectors/{refcount,refcount-bitmap,refcount-side,mark-side} \
        tests/bytes-refcount{,-bitmap,-side}; do
        printf '#!/bin/sh\necho out of memory >&2; exit 3\n' >"$build/$name"
        chmod +x "$build/$name"
    done
    run python3 "$COWLAB_SOURCE/tests/bench-refcount.py" "$build"
    [ "$status" -eq 1 ]
    grep -q '^refcount: out of memory$' <<<"$output"
    grep -q '^refcount-bitmap: a crawl: out of memory$' <<<"$output"
}

@test "what looking costs is told of each source, beside nothing" {
    run python3 "$COWLAB_SOURCE/tests/bench-looking.py" "$COWLAB_BUILD" \
        --subjects mark-header --static 1 --lists 100 --requests 4 \
        --repetitions 1
    [ "$status" -eq 0 ]
    grep -qE '^mark-header +requests +processor' <<<"$output"
    grep -qE '^  nothing( +([0-9.]+ ms|-)){4} +[0-9.]+ ' <<<"$output"
    for variant in 'no counter' samples faults phases writes bytes all; do
        grep -q "^  $variant: skipped: ." <<<"$output" || grep -qE \
            "^  $variant( +([0-9.]+ \+- [0-9.]+|-)){5} " <<<"$output"
    done
    grep -qE '^  faults(: skipped: .|.* [0-9]+$)' <<<"$output"
}

@test "what watching costs is told, and that it keeps to its duty" {
    run python3 "$COWLAB_SOURCE/tests/bench-watch.py" "$COWLAB_BUILD" \
        --workers 3 --mib 1 --looks 2 --turns 1 --turn-seconds 0.1
    [ "$status" -eq 0 ]
    grep -qE '^a look: [0-9.]+ ms .* every [0-9.]+ s at 1 percent$' \
        <<<"$output"
    grep -qE '^a worker that is looked at all the time serves -?[0-9.]+ ' \
        <<<"$output"
    grep -qE '^watched at 1 percent: .* duty (0\.[0-9]+|1\.00) percent; ' \
        <<<"$output"
}

@test "a run that fails to be looked at is told" {
    printf '#!/bin/sh\necho no such kernel >&2; exit 3\n' \
        >"$BATS_TEST_TMPDIR/cowlab"
    chmod +x "$BATS_TEST_TMPDIR/cowlab"
    run python3 "$COWLAB_SOURCE/tests/bench-looking.py" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 1 ]
    grep -qE '^mark-header: [a-z ]+: no such kernel$' <<<"$output"
    mkdir "$BATS_TEST_TMPDIR/collectors"
    cp "$COWLAB_BUILD/collectors/mark-side" "$BATS_TEST_TMPDIR/collectors"
    run python3 "$COWLAB_SOURCE/tests/bench-watch.py" "$BATS_TEST_TMPDIR" \
        --workers 1 --mib 1
    [ "$status" -eq 1 ]
    grep -q '^bench-watch: no such kernel$' <<<"$output"
}

@test "the supervisor's own cost is told" {
    run python3 "$COWLAB_SOURCE/tests/bench-supervisor.py" "$COWLAB_BUILD" \
        --requests 8 --invocations 1 --lists 20 --many 20
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(grep -cE '^(closed|poisson).* +[0-9.]+ +[0-9.]+$' <<<"$output")" -eq 4 ]
    grep -qE '^between two invocations: [0-9.]+ ms' <<<"$output"
    grep -qE '^20 workers: .* 60 samples of' <<<"$output"
}
