#!/usr/bin/env bats
# The mutator vocabulary costs what direct code costs: seen in the machine code
# of the workloads, in every collector.

load collectors

setup()
{
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "sanitizers instrument every access"
    fi
    command -v objdump >/dev/null || skip "objdump is not installed (binutils)"
    find_collectors
}

# The instructions of all functions whose names begin with a prefix.
instructions()
{
    objdump -d --no-show-raw-insn "$1" |
        awk -v prefix="<$2" '
            /^[0-9a-f]+ </ { inside = index($2, prefix) == 1 }
            inside && /^ / { $1 = ""; print }'
}

@test "no word of the vocabulary is a function of its own" {
    for program in "${collectors[@]}"; do
        found=$(objdump -t "$program" | grep -cE ' (ref_load|ref_init|ref_store|item_load|item_init|item_store|raw_[a-z_]+|retain|release)$' || true)
        [ "$found" -eq 0 ]
    done
}

@test "no workload calls through a pointer on its way" {
    for program in "${collectors[@]}"; do
        for workload in largeobject uniform binary_trees gcbench \
            stores; do
            code=$(instructions "$program" "$workload")
            [ "$(grep -c . <<<"$code")" -gt 100 ]
            [ "$(grep -cE 'call +\*' <<<"$code" || true)" -eq 0 ]
        done
    done
}

# probe COLLECTOR MACRO...: the instructions of the workloads that read.
probe()
{
    local compiler object=$BATS_TEST_TMPDIR/probe.o
    compiler=$(sed -n 's/^CC = //p' "$COWLAB_BUILD/Makefile")
    $compiler -std=gnu11 -O2 -D_GNU_SOURCE -I"$COWLAB_SOURCE" \
        -DPROBED="\"collectors/$1.c\"" "${@:2}" -c -o "$object" \
        "$COWLAB_SOURCE/tests/reading-probe.c"
    objdump -d --no-show-raw-insn "$object" | sed 1,3d
}

@test "retain and release are nothing where locals are not counted" {
    local name retained=$BATS_TEST_TMPDIR/retained
    local unretained=$BATS_TEST_TMPDIR/unretained
    for name in mark-side gencopy refcount-deferred refcount; do
        probe $name >"$retained"
        probe $name -DUNRETAINED >"$unretained"
        [ "$(grep -cE '<(uniform|largeobject)_request>:' "$retained")" -eq 2 ]
        status=0
        cmp -s "$retained" "$unretained" || status=$?
        echo "# $name: cmp $status"
        if [ $name = refcount ]; then
            [ "$status" -eq 1 ]
        else
            [ "$status" -eq 0 ]
        fi
    done
    # A count lies in the word before its object.
    if [ "$(uname -m)" = x86_64 ]; then
        [ "$(grep -cE '(add|sub)q.*-0x8\(' "$unretained")" -lt \
            "$(grep -cE '(add|sub)q.*-0x8\(' "$retained")" ]
    fi
}
