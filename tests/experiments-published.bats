#!/usr/bin/env bats
# The experiments that hold ours against what others published, run small, and
# what they must show at any size.

load experiments

setup()
{
    set_up_experiments
}

teardown()
{
    tear_down_experiments
}

# beside SUBJECTS: runs the experiment; what others published and what these
# measured, as JSON.
beside()
{
    "$cowlab" run ./*.yaml --results results --quiet --json \
        --only "subject=$1" >summary
    every '.status == "valid"'
}

# found FILTER: a jq filter of what was measured, as $of: {WHAT: number}.
found()
{
    jq -e '(.published | map(select(.ours != null) |
        {key: .what, value: (.ours.median // .ours.ratio)}) | from_entries)
        as $of | '"$1" summary || {
        jq '.published[] | {what, ours}' summary
        return 1
    }
}

@test "brightbox-2012: marks in headers break the strings, bitmaps do not" {
    shrink brightbox-2012 's/^invocations: 6/invocations: 1/
        s/name: strings-10m/&\n      scale: 30/'
    beside 'mark-*'
    found '$of["Ruby 1.9.3-p327, standard GC"] > 0.7 and
        $of["Ruby 1.9.3-p327, bitmap GC"] < 0.02 and
        $of["the same, bitmaps scattered"] < 0.05 and
        $of["Ruby 1.8.7 Enterprise Edition, CoW on"] < 0.02'
    jq -e '[.published[] | select(.ours != null) | .verdict] |
        length >= 5 and all(. == "too few")' summary
    # The array is shared in any case: its buffer has no header.
    every '.cell.subject.name != "mark-header" or (.regions
        | map(select(.role == "objects") | .name)) as $names
        | [.workers[0].samples[-1].pages[$names[]].broken] | add > 2900'
}

@test "nakayoshi: ages in headers break what was not collected before" {
    shrink nakayoshi 's/^invocations: 6/invocations: 1/
        s/^  workers: .*/  workers: [2]/
        s/^requests-per-burst: 10/requests-per-burst: 2/
        s/name: make-objects/&\n      scale: 50/'
    beside 'no ages|header*|side*'
    found '$of["Ruby 2.2.3, what the gem saves of it"] > 0.3 and
        $of["Ruby 2.2.3, nakayoshi_fork"] < 0.05 and
        $of["Ruby 2.0.0"] < 0.08 and
        $of["nakayoshi_fork, a part of what it is without"] < 0.1'
    # What was old before the fork is written no more; ages beside the heap
    # break none of its pages, and collecting before the fork changes nothing.
    jq -e '[.cells[] | select(.idle_broken_share != null) |
        {key: .subject, value: .idle_broken_share}] | from_entries |
        .["header ages of the collected"] == 0 and
        .["side ages"] == 0 and .["side ages of the collected"] == 0' summary
}

@test "warming: caches that are filled late break pages, apart or warmed few" {
    shrink warming 's/^invocations: 6/invocations: 1/; s/^bursts: .*/bursts: 1/
        s/{name: inline-cache,/& scale: 50, calls: 400,/
        s/{name: constant-caches,/& scale: 50,/'
    beside mark-side
    found '$of["100 000 methods, called after the fork and before it"] > 1.2'
    jq -e '[.cells[] | select(.workload | startswith("inline-cache")) |
        {key: (.workload | sub(".*caches="; "caches=")), value: .broken_share}]
        | from_entries | (.["caches=apart warm=0"] <
            0.3 * .["caches=together warm=0"]) and
        .["caches=together warm=500"] < .["caches=together warm=0"] and
        .["caches=together warm=1000"] < .["caches=apart warm=0"]' summary || {
        jq -c '.cells[] | [.workload, .broken_share]' summary
        false
    }
}
