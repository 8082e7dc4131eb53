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

# instructions PREFIX: of what objdump printed, those of all functions whose
# names begin so.
instructions()
{
    awk -v prefix="<$1" '
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
    disassembled=$BATS_TEST_TMPDIR/disassembled
    for program in "${collectors[@]}"; do
        objdump -d --no-show-raw-insn "$program" >"$disassembled"
        for workload in largeobject uniform binary_trees gcbench stores \
            read_mostly session_cache page_render skkzipcode key_value \
            fragmented orm_; do
            code=$(instructions "$workload" <"$disassembled")
            [ "$(grep -c . <<<"$code")" -gt 100 ]
            [ "$(grep -cE 'call +\*' <<<"$code" || true)" -eq 0 ]
        done
    done
}

# probe FILE COLLECTOR MACRO...: the instructions of tests/FILE-probe.c.
probe()
{
    local compiler object=$BATS_TEST_TMPDIR/probe.o file=$1
    shift
    compiler=$(sed -n 's/^CC = //p' "$COWLAB_BUILD/Makefile")
    $compiler -std=gnu11 -O2 -D_GNU_SOURCE -I"$COWLAB_SOURCE" \
        -DPROBED="\"collectors/$1.c\"" "${@:2}" -c -o "$object" \
        "$COWLAB_SOURCE/tests/$file-probe.c"
    objdump -d --no-show-raw-insn "$object" | sed 1,3d
}

@test "retain and release are nothing where locals are not counted" {
    local name retained=$BATS_TEST_TMPDIR/retained
    local unretained=$BATS_TEST_TMPDIR/unretained
    for name in mark-side gencopy refcount-deferred refcount; do
        probe reading $name >"$retained"
        probe reading $name -DUNRETAINED >"$unretained"
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

# stores COLLECTOR: the instructions of a store into an object and into a
# buffer, without their addresses.
stores()
{
    probe store "$1" | awk '
        /^[0-9a-f]+ </ { inside = index($2, "<probe_") == 1 }
        inside && /^ / { sub(/^ *[0-9a-f]+:[ \t]*/, ""); print }'
}

@test "a store costs what its means of remembering needs, and no more" {
    stores semispace >"$BATS_TEST_TMPDIR/plain"
    stores gencopy-page >"$BATS_TEST_TMPDIR/page"
    stores gencopy-card >"$BATS_TEST_TMPDIR/card"
    stores gencopy >"$BATS_TEST_TMPDIR/flag"
    cd "$BATS_TEST_TMPDIR"
    [ "$(grep -c '^ret' plain)" -eq 2 ]
    cmp plain page
    if [ "$(uname -m)" = x86_64 ]; then
        [ "$(grep -cE '^(j|call)' plain || true)" -eq 0 ]
        # One byte is written, and nothing is asked before.
        [ "$(grep -cE '^movb +\$0x1,' card)" -eq 2 ]
        [ "$(grep -cE '^(j|call|test|cmp)' card || true)" -eq 0 ]
        # The flag is tested in the header itself.
        [ "$(grep -cE '^testb +\$0x8,\(' flag)" -eq 2 ]
        [ "$(grep -cE '^movb' flag || true)" -eq 0 ]
    fi
}
