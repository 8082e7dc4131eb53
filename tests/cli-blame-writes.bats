#!/usr/bin/env bats
# `blame-writes: true`: which phases wrote a page, by collectors whose writes
# are known.

bats_require_minimum_version 1.5.0

setup()
{
    work=$(mktemp -d)
    cd "$work"
}

teardown()
{
    cd /
    rm -rf "$work"
}

# run_blamed SUBJECT [LINE...]: runs it under blame, with more lines for the
# experiment; skips where this kernel cannot watch.
run_blamed()
{
    {
        echo 'experiment: writes'
        printf '%s\n' 'bursts: 2' 'requests-per-burst: 30' 'blame: true' \
            'blame-writes: true' "${@:2}"
        echo 'matrix:'
        echo "  subject: [$1]"
        echo '  workload: [{name: uniform, heap-bytes: 8 MiB, keep: 500}]'
        echo '  workers: [2]'
    } >writes.yaml
    rm -rf results
    "$COWLAB_BUILD/cowlab" run -q writes.yaml >/dev/null
    result=$(echo results/writes/*.json)
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/result.json" "$result"
    jq -e '.status == "valid"' "$result" >/dev/null
}

needs_watching()
{
    if ! says '.blame.sources.writes.used'; then
        why=$(jq -r .blame.sources.writes.why "$result")
        [[ $why != *"watches its own"* ]]
        skip "$why"
    fi
}

# says JQ-EXPRESSION: true of the result.
says()
{
    jq -e "$1" "$result" >/dev/null || {
        echo "not so: $1"
        jq '.blame, .warnings' "$result"
        return 1
    }
}

agree()
{
    says '.blame | .sources.writes.pages == ([.later[].pages] | add)'
    says '.blame | .sources.writes.pages <= .broken_pages'
    says '[.warnings[] | select(.code == "blame-sources-disagree")] == []'
    # Pages whose fault was seen in the heap are the same ones.
    says '.blame | (.sources.faults.lost > 0) or
        (.sources.faults.kernel_counted != true) or .sources.writes.pages ==
        ([.rows[] | select(.placement != "process") | .pages] | add)'
}

@test "blame-writes: marks in headers break first what sweeping writes, too" {
    run_blamed mark-header 'collections-first: 2'
    needs_watching
    agree
    says '.blame.later[0] | .phase == "mark" and (.later | index("sweep"))'
    says '.blame.would_break_anyway.mark > 1000'
}

@test "blame-writes: marks beside the heap break few pages" {
    run_blamed mark-side 'collections-first: 2'
    needs_watching
    agree
    says '[.blame.later[] | select(.phase == "mark") | .pages] | add < 200'
}

@test "blame-writes: a collector that moves objects, and one that counts" {
    run_blamed gencopy
    needs_watching
    agree
    run_blamed refcount
    agree
    says '.blame.later[0].phase == "request"'
}

@test "blame-writes: refused where the collector watches its own pages" {
    run_blamed mark-header
    needs_watching
    run_blamed '{name: gencopy-page, remember: written}'
    says '.blame.sources.writes | .used == false and
        (.why | endswith("the collector watches its own pages"))'
    says '.blame | has("later") or has("would_break_anyway") | not'
    says '.blame.broken_pages > 0'
}

@test "blame-writes: a kernel that cannot watch is named, and the rest is done" {
    # The template is started by cowlab and inherits that.
    run "$COWLAB_BUILD/tests/refuse" EPERM userfaultfd -- true
    [ "$status" -eq 0 ] || skip "calls cannot be taken away: $output"
    cowlab=$COWLAB_BUILD/cowlab
    mkdir -p bin/collectors
    run_blamed mark-header
    "$COWLAB_BUILD/tests/refuse" EPERM userfaultfd -- \
        "$cowlab" run -q --new writes.yaml --results other >/dev/null
    result=$(echo other/*.json)
    says '.blame.sources.writes | .used == false and
        (.why | contains("userfaultfd: Operation not permitted"))'
    says '.blame.broken_pages > 0 and .blame.sources.phases.used'
}

@test "blame-writes: needs blame" {
    printf '%s\n' 'experiment: x' 'blame-writes: true' 'matrix:' \
        '  subject: [null]' '  workload: [uniform]' '  workers: [1]' >x.yaml
    run "$COWLAB_BUILD/cowlab" run x.yaml
    [ "$status" -eq 2 ] || [ "$status" -eq 1 ] || [ "$status" -eq 64 ]
    [[ $output == *"blame-writes: true needs blame: true"* ]]
}
