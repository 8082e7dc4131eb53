#!/usr/bin/env bats
# `blame-sources` with `writes`: which phases wrote a page, by collectors whose
# writes are known.

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

# run_blamed SUBJECT [LINE...]: runs it under blame, with more lines for the
# experiment; skips where this kernel cannot watch.
run_blamed()
{
    {
        echo 'experiment: writes'
        printf '%s\n' 'bursts: 2' 'requests-per-burst: 30' 'blame: true' \
            'blame-sources: [faults, phases, bytes, writes]' "${@:2}"
        echo 'matrix:'
        echo "  subject: [$1]"
        echo '  workload: [{name: uniform, heap-bytes: 8 MiB, keep: 500, drop: 300000}]'
        echo '  workers: [2]'
    } >writes.yaml
    rm -rf results
    "$COWLAB_BUILD/cowlab" run -q writes.yaml >/dev/null
    result=$(echo results/writes/*.json)
    validate "$result"
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

@test "writes: marks in headers break first what sweeping writes, too" {
    run_blamed mark-header 'collections-first: 2'
    needs_watching
    agree
    says '.blame.later[0] | .phase == "mark" and (.later | index("sweep"))'
    says '.blame.would_break_anyway.mark > 1000'
}

@test "writes: marks beside the heap break few pages" {
    run_blamed mark-side 'collections-first: 2'
    needs_watching
    agree
    says '[.blame.later[] | select(.phase == "mark") | .pages] | add < 200'
}

@test "writes: a collector that moves objects, and one that counts" {
    run_blamed gencopy
    needs_watching
    agree
    run_blamed refcount
    agree
    says '.blame.later[0].phase == "request"'
}

# Its first collection gives pages back that it never wrote; the second one
# moves objects there.
@test "writes: a page that was given back was not written" {
    run_blamed semispace 'collections-first: 2'
    needs_watching
    agree
    says '.blame.later[0] | .phase == "compact" and (.later | index("sweep") | not)'
}

@test "writes: refused where the collector watches its own pages" {
    run_blamed mark-header
    needs_watching
    run_blamed '{name: gencopy-page, remember: written}'
    says '.blame.sources.writes | .used == false and
        (.why | endswith("the collector watches its own pages"))'
    says '.blame | has("later") or has("would_break_anyway") | not'
    says '.blame.broken_pages > 0'
}

@test "writes: a kernel that cannot watch is named, and the rest is done" {
    run_blamed mark-header
    rm -r results
    "$COWLAB_BUILD/tests/refuse" EPERM userfaultfd -- \
        "$COWLAB_BUILD/cowlab" run -q writes.yaml >/dev/null
    validate "$result"
    says '.blame.sources.writes | .used == false and
        (.why | contains("userfaultfd: Operation not permitted"))'
    says '.blame.broken_pages > 0 and .blame.sources.phases.used'
}

# run_fake FAULT: two workers of the fake subject, which write 4 pages each.
run_fake()
{
    experiment 'blame: true' 'blame-sources: [faults, phases, bytes, writes]'
    rm -rf results
    FAKE_FAULT=$1 ./cowlab run -q fake.yaml >/dev/null
    result=$(echo results/fake/*.json)
    validate "$result"
}

# warned WORDS: the one warning of blame has them.
warned()
{
    says '[.warnings[] | select(.code == "blame-sources-disagree")] | length == 1'
    jq -r '.warnings[] | select(.code == "blame-sources-disagree") | .detail' \
        "$result" | grep -qF "$1"
}

@test "writes: writes by construction are all seen, in parts, too" {
    local fault
    for fault in writes writes-in-parts; do
        run_fake "$fault"
        agree
        says '.blame.sources.writes.pages == 8'
        says '.blame.later == [{phase: "request", later: [], pages: 8}]'
        says '.blame.would_break_anyway == {request: 0}'
    done
}

@test "writes: a source that says too much or too little is noticed" {
    run_fake writes-too-many
    warned '2 were written and are still shared'
    run_fake writes-too-few
    if [ "$(jq .blame.sources.faults.used "$result")" = true ]; then
        warned '2 had a fault and were not written'
    elif [ "$EUID" -eq 0 ]; then
        warned '2 were copied and not written'
    fi
}

# The bitmap for 1 TiB takes 16 GiB of addresses, and page tables of 32 MiB if
# each of its pages is noted; the mark-side of this test uses a few of them.
@test "writes: watching costs what the heap has, not what is reserved for it" {
    PYTHONPATH=$COWLAB_SOURCE/tests run -0 python3 - \
        "$COWLAB_BUILD/collectors/mark-side" <<'END'
import re
import sys

import supervisor

subject = supervisor.Subject(sys.argv[1])
subject.load("uniform", 1, **{"heap-bytes": 1 << 20, "option.reserve": 1 << 40})
answer = subject.template.ask("writes", r"(written|error (.*))")
if answer[2]:
    sys.exit(print("skipped:", answer[2]))
subject.fork(1)
worker = subject.workers[0]
worker.ask("serve 0 3", r"served .*")
worker.ask("collect full", r"collected .*")
written = worker.ask("writes", r"written ns=\d+( \S+)*")
assert "mark" in written[0], written[0]
for pid in subject.process.pid, *subject.pids:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        tables = int(re.search(r"VmPTE:\s+(\d+) kB", status.read())[1])
    print(tables, "kB of page tables")
    assert tables < 8192
worker.ask("quit", "bye")
subject.quit()
END
    case $output in
        skipped*) skip "$output" ;;
    esac
}

@test "writes: a worker that cannot tell in the end" {
    run_fake writes-error
    says '.blame.sources.writes ==
        {used: false, why: "the kernel went away"}'
    says '[.warnings[] | select(.code == "blame-sources-disagree")] == []'
}

@test "writes: answers that lead nowhere are nonsense" {
    experiment 'blame: true' 'blame-sources: [faults, phases, bytes, writes]'
    expect_invalid writes-in-circles nonsense 'START-END=PHASE,PHASE'
}
