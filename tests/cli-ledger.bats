#!/usr/bin/env bats
# `blame: true` in an experiment whose subject is the fake one: what the ledger
# says of writes by construction, outside of any collector.

bats_require_minimum_version 1.5.0

load back

setup()
{
    set_up_back
}

teardown()
{
    tear_down_back
}

# run_fake FAULT [COMMAND...]: two workers of the fake subject, by way of the
# command.
run_fake()
{
    experiment 'blame: true'
    rm -rf results
    FAKE_FAULT=$1 "${@:2}" ./cowlab run -q fake.yaml >table
    result=$(echo results/fake/*.json)
    validate "$result"
    jq -e '.status == "valid"' "$result" >/dev/null
}

needs_faults()
{
    says '.blame.sources.faults.used' ||
        skip "$(jq -r .blame.sources.faults.why "$result")"
}

# says JQ-EXPRESSION: true of the result.
says()
{
    jq -e "$1" "$result" >/dev/null || {
        echo "not so: $1"
        jq .blame "$result"
        return 1
    }
}

@test "ledger: what workers write while they end is of the phase exit" {
    run_fake writes-at-exit
    needs_faults
    # Each writes 5 pages of its heap, which describe says nothing of.
    says '[.blame.exit.rows[] | select(.kind == "unknown") | .pages] | add == 10'
    says '.blame.exit | .lost == 0 and .broken_pages == ([.rows[].pages] | add)'
    says '.blame.exit | .broken_pages <= .shared_pages'
    says 'all(.blame.exit.rows[]; .phase == "exit")'
    says '[.blame.rows[] | select(.phase == "exit")] == []'
    grep -qE '^  exit: of [0-9]+ pages shared until then [0-9]+ were broken, ' table
    run_fake writes
    says '[.blame.exit.rows[] | select(.kind == "unknown")] == []'
}

@test "ledger: each sample says what changed, and agrees with its counts" {
    run_fake writes
    python3 "$COWLAB_SOURCE/tests/page-maps.py" "$result" >agree
    grep -qx '10 samples agree, 0 free, 0 pinned' agree
    # A request breaks one page of the heap: the first of worker 0 the first.
    says '.regions[0].name as $heap | .inherited.page_map[$heap] == "s64"'
    says '[.workers[0].samples[] | .page_changes.heap // ""] ==
        ["", "u", "=u", "=2u", "=3u"]'
    # Faults, the page table and the bytes tell of the same pages.
    if says '.blame.sources.faults.used'; then
        says '.blame.rows as $rows | all(.workers[]; .page_writers.heap
            | test("^0[+]4=[0-9]+$")
              and ($rows[split("=")[1] | tonumber].kind == "unknown"))'
        says 'all(.blame.rows[]; .first_ns <= .last_ns)'
    fi
    says 'all(.workers[]; .page_map.by_area.heap == "u4s60")'
    says '[.workers[].floor | .broken_pages, .false_pages] == [4, 0, 4, 0]'
    says '.blame.sources.contents | .used == false and (.why | length > 0)'
}

@test "ledger: a copy in the heap without a fault is noticed" {
    local warning='[.warnings[] | select(.code == "blame-sources-disagree")]'
    run_fake writes
    says "$warning == []"
    run_fake writes-unseen
    says '.inherited.frames_known' || skip "page frames are visible to root alone"
    says '.blame.sources.faults | .used and .kernel_counted' ||
        skip "not every fault can be traced here"
    says "$warning | length == 1 and
        (.[0].detail | startswith(\"2 pages of the heap\"))"
    says 'all(.workers[]; .page_map.by_area.heap == "u4s36us23")'
}

@test "ledger: what is free and what is pinned is known by construction" {
    cat >pins.yaml <<END
experiment: pins
bursts: 1
requests-per-burst: 2
collections-first: 1
blame: true
matrix:
  subject: [{name: compact-two-finger, pinned: [0, 100], prepare: [compact]}]
  workload: [{name: uniform, heap-bytes: 1 MiB, drop: 300000}]
  workers: [1]
END
    "$COWLAB_BUILD/cowlab" run -q pins.yaml >/dev/null
    for result in results/pins/*.json; do
        validate "$result"
        said=$(python3 "$COWLAB_SOURCE/tests/page-maps.py" "$result")
        [[ $said =~ ([0-9]+)\ free,\ ([0-9]+)\ pinned ]]
        says "(.inherited.by_region.cells - .template.layout.object_pages) ==
            ${BASH_REMATCH[1]}"
        if jq -e '.cell.subject.options.pinned == "100"' "$result" >/dev/null
        then # Nothing moved: no page was emptied, and none can be.
            says ".template.layout.object_pages == ${BASH_REMATCH[2]}"
        else
            [ "${BASH_REMATCH[1]}" -gt 50 ]
            [ "${BASH_REMATCH[2]}" -eq 0 ]
        fi
    done
}

@test "ledger: where faults cannot be traced it says so of the exit, too" {
    run_fake none "$COWLAB_BUILD/tests/refuse" EPERM perf_event_open --
    says '.blame.exit == null and (.blame.exit_why | test("perf_event_open"))'
    says '.blame.unseen + .blame.left_by_others == .blame.broken_pages'
    grep -q '^  exit: not known: perf_event_open' table
}

@test "ledger: a subject without regions has no floor, but false pages" {
    run_fake none
    says 'all(.workers[]; .floor == null and
        .floor_why == "the subject tells no regions of objects")'
    says '.blame.sources.bytes | .used and .pages > 0 and .false_pages <= .pages'
    says '.blame.sources.bytes | .changed_bytes > 0'
    grep -qx '  floor: not known: the subject tells no regions of objects' table
    grep -qE '^  bytes: of [0-9]+ pages compared [0-9]+ are false; in the others [0-9]+ bytes differ$' table
    # Each worker changed 4 bytes of a heap that it tells, on a page each.
    run_fake writes
    says '[.workers[].floor | .broken_pages, .false_pages] == [4, 0, 4, 0]'
    says '[.workers[].floor.changed_bytes | add] == [4, 4]'
}
