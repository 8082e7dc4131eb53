#!/usr/bin/env bats
# What the template does before the fork, and what it saves a worker: aging,
# compaction, freezing, and the steps of a warm-up, each alone.

setup()
{
    command -v jq >/dev/null || skip "jq is not installed"
    workplace=$(mktemp -d)
    cd "$workplace" || exit 1
}

teardown()
{
    cd / && rm -rf "$workplace"
}

# experiment WORKLOAD SUBJECT...: runs all of them, two workers each, which
# collect twice before they serve; all must be valid and agree.
experiment()
{
    {
        printf '%s\n' 'experiment: prepare' 'seed: 3' 'bursts: 1' \
            'requests-per-burst: 4' 'collections-first: 2' 'matrix:' \
            "  workload: [{$1}]" '  workers: [2]' '  subject:'
        printf '    - {%s}\n' "${@:2}"
    } >prepare.yaml
    "$COWLAB_BUILD/cowlab" run prepare.yaml --results results --quiet >table
    [ "$(jq -r .status results/*.json | sort -u)" = valid ]
}

# tell LABEL FILTER: what a jq filter says of one subject's result.  broken(N)
# is the number of object pages that collection N of the first worker had broken
# then.
tell()
{
    jq "def broken(at): .workers[0].samples
            | map(select(.moment == \"collection\"))[at].pages
            | .cells.broken + .large.broken;
        select(.cell.subject.label == \"$1\") | $2" results/*.json
}

@test "aging writes headers until all is old, and never bitmaps' objects" {
    experiment 'name: uniform, heap-bytes: 8 MiB' \
        'name: sticky-header, label: young' \
        'name: sticky-header, label: old, prepare: [promote]' \
        'name: sticky-side, label: side'
    pages=$(tell young .template.layout.header_pages)
    [ "$(tell young 'broken(0)')" -gt $((pages / 2)) ]
    [ "$(tell old 'broken(1)')" -eq 0 ]
    [ "$(tell side 'broken(1)')" -eq 0 ]
    [ "$(tell young '.workers[0].stats.promoted_objects')" -gt 0 ]
    [ "$(tell old '.workers[0].stats.promoted_objects')" -lt 1000 ]
}

@test "what an old array refers to is old with it, where Ruby has it so" {
    experiment 'name: strings-10m, strings: 300000' \
        'name: sticky-header, label: ages' \
        'name: sticky-header, label: old, reached-from-old: old' \
        'name: sticky-header, label: kept, mark-stack: kept'
    [ "$(tell ages 'broken(1)')" -gt $((2 * $(tell old 'broken(1)'))) ]
    [ "$(tell old 'broken(1)')" -gt 0 ]
    # Of the marking's own memory a worker breaks what it inherits.
    stack='.workers[0].samples[-1].pages["mark-stack"].broken'
    [ "$(tell ages "$stack")" -eq 0 ]
    [ "$(tell kept "$stack")" -gt 100 ]
}

# compacted COUNTER SETTING...: a counter of a run that compacts at every step.
compacted()
{
    "$COWLAB_BUILD/collectors/compact-two-finger" run shadow 5 seed=11 \
        option.auto-compact=yes "${@:2}" | awk -v name="$1" '$1 == name { print $2 }'
}

@test "what is pinned does not move" {
    all=$(compacted moved_objects)
    [ "$all" -gt 0 ]
    [ "$(compacted pinned_objects)" -eq 0 ]
    [ "$(compacted pinned_objects option.pinned=54)" -gt 0 ]
    [ "$(compacted moved_objects option.pinned=54)" -gt 0 ]
    [ "$(compacted moved_objects option.pinned=54)" -lt "$all" ]
    [ "$(compacted moved_objects option.pinned=100)" -eq 0 ]
    [ "$(compacted moved_objects option.pinned-above=64)" -lt "$all" ]
    [ "$(compacted moved_objects option.pinned-above=0)" -eq 0 ]
}

@test "compaction brings the free cells together" {
    experiment 'name: shadow, steps: 6000, collect-every: 0' \
        'name: compact-two-finger, label: collected, prepare: [gc]' \
        'name: compact-two-finger, label: half, prepare: [compact], pinned: 50' \
        'name: compact-two-finger, label: compacted, prepare: [gc, compact]'
    free=.template.layout.free_cell_pages
    [ "$(tell compacted $free)" -lt "$(tell half $free)" ]
    [ "$(tell half $free)" -lt "$(tell collected $free)" ]
}

@test "frozen pages are not broken, however new objects are found" {
    experiment 'name: uniform, heap-bytes: 4 MiB, writes: reference, write: 20000' \
        'name: frozen, label: not, prepare: [gc]' \
        'name: frozen, label: cards, prepare: [gc, freeze]' \
        'name: frozen, label: broken, prepare: [gc, freeze], find: broken' \
        'name: frozen, label: trace, prepare: [freeze, gc], find: trace'
    [ "$(tell not 'broken(0)')" -eq "$(tell not .template.layout.header_pages)" ]
    for label in cards broken trace; do
        [ "$(tell $label 'broken(1)')" -eq 0 ]
        [ "$(tell $label '.workers[0].stats.frozen_objects')" -ge 65536 ]
    done
}

@test "find = broken is refused where pagemap cannot be read" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "sanitizers read /proc themselves"
    fi
    unshare -rm mount -t tmpfs none /proc 2>/dev/null ||
        skip "an ordinary user may not mount here"
    run unshare -rm sh -c "mount -t tmpfs none /proc &&
        exec '$COWLAB_BUILD/collectors/frozen' run shadow 1 option.find=broken"
    [ "$status" -eq 1 ]
    grep -q "^refused: find=broken: /proc/self/pagemap: No such file" \
        <<<"$output"
}

@test "warm-up: each step does its own part" {
    experiment 'name: shadow, steps: 6000, collect-every: 0' \
        'name: warmup, label: none' \
        'name: warmup, label: gc, prepare: [gc]' \
        'name: warmup, label: promote, prepare: [promote]' \
        'name: warmup, label: compact, prepare: [compact]' \
        'name: warmup, label: drop, prepare: [gc, drop]'
    side='.workers[0].samples | map(select(.moment == "collection"))[0].pages
        | .["ages-low"] | .broken + .new'
    objects='.inherited.by_region | .cells + .large'
    [ "$(tell promote "$side")" -eq 0 ]
    [ "$(tell gc "$side")" -gt 0 ]
    [ "$(tell compact .template.layout.free_cell_pages)" -lt \
        "$(tell gc .template.layout.free_cell_pages)" ]
    [ "$(tell drop "$objects")" -lt "$(tell gc "$objects")" ]
    [ "$(tell gc "$objects")" -eq "$(tell none "$objects")" ]
}
