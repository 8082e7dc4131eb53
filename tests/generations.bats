#!/usr/bin/env bats
# What the collectors with a young space count, and which pages their options
# break or spare.

load collectors

setup()
{
    command -v jq >/dev/null || skip "jq is not installed"
    workplace=$(mktemp -d)
    cd "$workplace" || exit 1
    cowlab=$COWLAB_BUILD/cowlab
    find_seed
}

teardown()
{
    cd / && rm -rf "$workplace"
}

# count NAME PROGRAM ARGUMENT...: a counter that a run prints, if it does.
count()
{
    local name=$1 program=$2
    shift 2
    echo "# $program run $* seed=$seed" >&2
    "$COWLAB_BUILD/collectors/$program" run "$@" seed="$seed" |
        awk -v name="$name" '$1 == name { print $2 }'
}

# measure SUBJECT WORKLOAD: one small experiment with two workers; its results
# are in results/.
measure()
{
    cat >experiment.yaml <<END
experiment: generations
seed: $seed
invocations: 1
bursts: 1
requests-per-burst: 4
matrix:
  subject: [{$1}]
  workload: [{$2}]
  workers: [2]
END
    "$cowlab" run experiment.yaml --new --results results --quiet >table
    [ "$(jq -r .status results/*.json | sort -u)" = valid ]
}

# holds FILTER: true of each result, and there are some.
holds()
{
    local result
    for result in results/*.json; do
        jq -e "$1" "$result" >/dev/null || {
            echo "$result: not so: $1"
            return 1
        }
    done
}

@test "the table avoids exactly the rewrites that minimark-side makes" {
    for nursery in 8192 65536; do
        run=(shadow 20 collect-every=200 option.nursery="$nursery")
        rewritten=$(count rewritten_references minimark-side "${run[@]}")
        [ "$rewritten" -gt 0 ]
        [ "$(count avoided_rewrites minimark-indirect "${run[@]}")" -eq "$rewritten" ]
        [ -z "$(count rewritten_references minimark-indirect "${run[@]}")" ]
    done
}

@test "loads through the table are counted where that is paid for" {
    run=(uniform 5 heap-bytes=1048576 allocate=0)
    few=$(count table_loads minimark-indirect-counted "${run[@]}" read=0)
    many=$(count table_loads minimark-indirect-counted "${run[@]}" read=500000)
    # A request reads 8192 of 16384 objects, each at the end of 12 to 14 loads.
    [ "$((many - few))" -gt $((5 * 8192 * 11)) ]
    [ "$((many - few))" -lt $((5 * 8192 * 16)) ]
    [ -z "$(count table_loads minimark-indirect "${run[@]}")" ]
}

@test "a smaller nursery is emptied more often, and more survives it" {
    run=(uniform 20 heap-bytes=4194304 allocate=500000)
    for program in minimark minimark-hash minimark-side minimark-indirect \
        gencopy gencopy-card gencopy-page; do
        often=$(count minor_collections "$program" "${run[@]}" option.nursery=65536)
        seldom=$(count minor_collections "$program" "${run[@]}" option.nursery=4194304)
        [ "$often" -gt $((20 * seldom)) ]
        [ "$seldom" -gt 5 ]
        more=$(count promoted_bytes "$program" "${run[@]}" option.nursery=65536)
        less=$(count promoted_bytes "$program" "${run[@]}" option.nursery=4194304)
        [ "$more" -gt "$less" ]
    done
}

@test "references are rewritten on broken pages alone" {
    measure "name: minimark-side, nursery: 65536" "name: shadow, steps: 2000"
    holds '.regions as $regions | [.workers[]
        | .stats.rewritten_inherited_pages as $rewritten
        | .samples[-1].pages as $pages
        | ([$regions[] | select(.role == "objects") | $pages[.name].broken]
            | add) as $broken
        | $rewritten > 0 and $rewritten <= $broken] | all'
}

@test "a worker breaks the nursery that it keeps, and no page of a fresh one" {
    workload="name: uniform, heap-bytes: 4194304, allocate: 500000"
    measure "name: minimark-side, nursery: 1048576" "$workload"
    holds '.inherited.by_region.nursery == 256
        and ([.workers[].samples[-1].pages.nursery.broken] | all(. == 256))'
    rm -r results
    measure "name: minimark-side, nursery: 1048576, nursery-after-fork: fresh" \
        "$workload"
    holds '.inherited.by_region.nursery == 256
        and ([.workers[].samples[-1].pages.nursery]
            | all(.broken == 0 and .new > 0))'
}

@test "a fork in mid-cycle leaves the rest of the cycle to each worker" {
    workload="name: shadow, steps: 500, collect-every: 0"
    subject="name: minimark-side, growth: 10000"
    measure "$subject" "$workload"
    holds '[.workers[].stats | .minor_collections + .freed_objects]
        | all(. == 0)'
    rm -r results
    measure "$subject, fork-in: minor" "$workload"
    holds '[.workers[] | .stats.minor_collections == 1
        and .stats.promoted_objects > 0
        and .collections[0].kind == "minor"] | all'
    rm -r results
    # The template's old objects that died are swept by the workers.
    measure "$subject, nursery: 16384, fork-in: major" \
        "name: shadow, steps: 5000, collect-every: 0"
    holds '[.workers[].stats | .collections == 0 and .freed_objects > 0] | all'
}

@test "arena: what a request drops costs no collection and no copy" {
    run=(uniform 40 heap-bytes=1048576 allocate=1000000)
    [ "$(count promoted_objects arena "${run[@]}")" -eq 0 ]
    [ "$(count collections arena "${run[@]}")" -eq 1 ] # the one at the end
    [ "$(count collections mark-side "${run[@]}")" -gt 5 ]
    # Four large objects of 102 objects each, with their buffers, escaped.
    [ "$(count promoted_objects arena largeobject 4 list-count=99 \
        string-count=1000 lists=split)" -eq 408 ]
}

@test "arena: its pages are kept for the next request, or given back" {
    workload="name: uniform, heap-bytes: 1048576, allocate: 1000000"
    measure "name: arena" "$workload"
    holds '[.workers[].samples[-1].pages.arena.new] | all(. >= 256)'
    rm -r results
    measure "name: arena, arena-after-request: discard" "$workload"
    holds '[.workers[].samples[-1].pages.arena.new] | all(. == 0)'
}

# remember_values: those of gencopy-page that this kernel does not refuse, and on
# stderr those that it does.
remember_values()
{
    local value values
    values=$("$COWLAB_BUILD/collectors/gencopy-page" --describe |
        awk -F'\t' '$1 == "option" && $2 == "remember" { print $5 }')
    for value in ${values//|/ }; do
        if "$COWLAB_BUILD/collectors/gencopy-page" run shadow 1 steps=1 \
            option.remember="$value" >/dev/null 2>told; then
            echo "$value"
        else
            grep -q '^refused: ' told || return
            echo "# $value: skipped: $(cat told)" >&2
        fi
    done
}

# The children that a step forks live a while beside their parent and each
# other: pages that they had in common become one's own when the others write or
# end.  In `run` the parent is a template; a worker that cowlab forked is both.
@test "no means of remembering misses a store while siblings come and go" {
    values=$(remember_values)
    grep -qx exclusive <<<"$values"
    run=(shadow 4 steps=1000 collect-every=130 fork-every=50 minor-every=20
        siblings=4)
    expected=$(count replies gencopy "${run[@]}")
    for card in 256 32768; do
        [ "$(count replies gencopy-card "${run[@]}" option.card="$card")" = "$expected" ]
    done
    for value in $values; do
        [ "$(count replies gencopy-page "${run[@]}" option.remember="$value")" = "$expected" ]
        [ "$(count replies gencopy-page "${run[@]}" option.remember="$value" \
            option.unit=65536 option.nursery=16384)" = "$expected" ]
    done
    others=$(grep -vx exclusive <<<"$values")
    measure "name: gencopy, nursery: 65536}, {name: gencopy-page, nursery: 65536,
        remember: exclusive}, {name: gencopy-page, nursery: 65536,
        remember: [$(paste -sd, <<<"$others")], fork-in: [quiet, minor]" \
        "name: shadow, steps: 1500, collect-every: 400, fork-every: 60,
        minor-every: 15, siblings: 4"
    [ "$(jq -s length results/*.json)" -eq $((2 + 2 * $(grep -c . <<<"$others"))) ]
    holds '[.workers[].stats | .minor_collections > 20
        and .old_to_young_references > 100] | all'
    [ "$(jq -r '[.workers[].reply_checksum] | join(" ")' results/*.json |
        sort -u | grep -c .)" -eq 1 ]
    # What a worker that forks has stored before it forks would not be told.
    run "$COWLAB_BUILD/collectors/gencopy-page" run shadow 1 steps=1 \
        option.remember=exclusive option.fork-in=minor
    [ "$status" -eq 1 ]
    grep -q '^refused: fork-in=minor: ' <<<"$output"
}
