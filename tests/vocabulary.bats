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
