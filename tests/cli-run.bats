#!/usr/bin/env bats
# `cowlab run` with subjects that behave: results, table, going on, refusals.

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

@test "a run writes one valid result for each invocation, and a table" {
    SUBJECTS='fake-a, fake-b' experiment 'invocations: 2' \
        'collections-first: 2' 'seed: 7'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
    [ "$(find results/fake -name '*.json' | wc -l)" -eq 4 ]
    validate results/fake/*.json
    grep -q '^pages sleep=0, 2 workers$' <<<"$output"
    [ "$(grep -cE '^  fake-[ab] .* 0/2$' <<<"$output")" -eq 2 ]
    grep -q 'pages broken by an idle full collection' <<<"$output"
    [ -z "$(subjects_alive)" ]
}

@test "a result holds every sample, collection and burst that was planned" {
    experiment 'collections-first: 2' 'sample: [1]'
    ./cowlab run fake.yaml --quiet
    python3 - results/fake/*.json <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
assert [b["requests"] for b in result["bursts"]] == [4, 4], result["bursts"]
assert all(b["ns"] > 0 for b in result["bursts"])
for worker in result["workers"]:
    seen = [(s["moment"], s["requests"]) for s in worker["samples"]]
    assert seen == [("forked", 0), ("collection", 0), ("collection", 0),
                    ("request", 1), ("burst", 2), ("burst", 4)], seen
    assert len(worker["collections"]) == 2
    assert worker["first_full_collection_ns"] is not None
    assert worker["latency"]["service"]["count"] == 4
    broken = [s["pages"]["total"]["broken"] for s in worker["samples"]]
    assert broken == sorted(broken) and broken[-1] >= broken[0] + 3, broken
assert result["sampling"]["samples"] == 12
assert not [w for w in result["warnings"]
            if w["code"] == "page-counts-disagree"], result["warnings"]
END
}

@test "the same seed gives the same checksums, another gives others" {
    experiment 'seed: 5'
    ./cowlab run fake.yaml -q --results one
    ./cowlab run fake.yaml -q --results two
    experiment 'seed: 6'
    ./cowlab run fake.yaml -q --results three
    checksums() { grep -h _checksum "$1"/*.json; }
    [ "$(checksums one)" = "$(checksums two)" ]
    [ "$(checksums one)" != "$(checksums three)" ]
}

@test "--json prints the table in base units" {
    experiment
    ./cowlab run fake.yaml --quiet --json >table.json
    python3 - <<'END'
import json
table = json.load(open("table.json"))
(cell,) = table["cells"]
assert cell["subject"] == "fake-a" and cell["workers"] == 2
assert cell["invocations"] == {"valid": 1, "invalid": 0, "missing": 0}
assert cell["inherited_bytes"] > 64 * 4096
assert 0 < cell["broken_share"] < 1
assert 990 < cell["p50_ns"] <= cell["p999_ns"] < 1010
assert cell["response_p99_ns"] is None
assert cell["response_p99_ns_why"] == "closed loop"
assert cell["idle_first_ns"] is None and cell["idle_first_ns_why"]
assert cell["rate_by_nogc"] is None and cell["rate_by_nogc_why"]
END
}

@test "with blame the table says who broke the pages, and what is not known" {
    experiment 'blame: true'
    ./cowlab run fake.yaml >table
    validate results/fake/*.json
    ./cowlab run fake.yaml --quiet --json >table.json
    grep -q '^who broke the [0-9]* pages of fake-a, all workers of invocation 1$' \
        table
    grep -qE '^  left by others  +[0-9]+ ' table
    grep -qE '^  unseen  +[0-9]+ ' table
    grep -q '^  phases: not known: the subject tells no phases$' table
    grep -q '^  floor' table
    python3 - results/fake/*.json <<'END'
import json, sys
(cell,) = json.load(open("table.json"))["cells"]
result = json.load(open(sys.argv[1]))
told, blame = cell["blame"], result["blame"]
assert told["invocation"] == 1
for key in ("broken_pages", "left_by_others", "unseen"):
    assert told[key] == blame[key], key
def sum_up(rows):
    sums = {}
    for row in rows:
        key = row["phase"], row["kind"], row["placement"]
        sums[key] = sums.get(key, 0) + row["pages"]
    return sums
assert sum_up(told["rows"]) == sum_up(blame["rows"])
pages = [row["pages"] for row in told["rows"]]
assert pages == sorted(pages, reverse=True)
assert (sum(pages) + told["left_by_others"] + told["unseen"]
        == told["broken_pages"] > 0)
floors = [worker["floor"] for worker in result["workers"]]
if told["floor"] is None:
    assert floors == [None, None]
else:
    for key in ("l0_pages", "l1_pages", "hole_cost_pages", "false_pages"):
        assert told["floor"][key] == sum(floor[key] for floor in floors), key
END
    # Without it nothing is said, and the reason is.
    experiment
    ./cowlab run fake.yaml --new --quiet >table
    if grep -q 'who broke' table; then false; fi
    ./cowlab run fake.yaml --new --quiet --json |
        jq -e '.cells[0] | .blame == null and (.blame_why | test("blame: true"))'
}

@test "pages that the template takes when it is asked are inherited" {
    experiment 'blame: true'
    FAKE_FAULT=takes-pages ./cowlab run fake.yaml -q
    jq -e '[.warnings[].code] | contains(["page-counts-disagree"]) | not' \
        results/fake/*.json
}

@test "a source of blame that is left out is named, and the rest is done" {
    local source
    for source in faults phases bytes; do
        experiment 'blame: true' "blame-sources: [$source, writes]"
        rm -rf results
        FAKE_FAULT=writes ./cowlab run fake.yaml --quiet >table
        validate results/fake/*.json
        jq -e --arg source "$source" '
            .cell.blame_sources == [$source, "writes"]
            and .blame.sources.writes.used
            and ([.blame.sources | to_entries[]
                  | select(.value.why == "blame-sources leaves it out").key]
                 | sort == (["bytes", "faults", "phases"] - [$source]))
            and ($source == "bytes" or (.workers | all(.floor == null
                and (.floor_why | test("blame.sources")))))
            and ($source == "faults" or (.blame.rows == []
                and .blame.unseen + .blame.left_by_others
                    == .blame.broken_pages))' results/fake/*.json >/dev/null
        grep -q 'not known: blame-sources leaves it out' table
    done
}

@test "what is there is kept, untouched, and only the rest is measured" {
    SUBJECTS='fake-a, fake-b' experiment
    ./cowlab run fake.yaml -q
    stat -c '%i %Y %n' results/fake/fake-a*.json >before
    rm results/fake/fake-b*.json
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ]
    grep -q '1 of 2 invocations are in results/fake already' <<<"$stderr"
    grep -q 'fake-b .*: valid' <<<"$stderr"
    if grep -q 'fake-a .*: valid' <<<"$stderr"; then false; fi
    stat -c '%i %Y %n' results/fake/fake-a*.json | diff before -
    [ "$(find results/fake -name '*.json' | wc -l)" -eq 2 ]
}

@test "an invalid result is kept, and measured again with --failed" {
    SUBJECTS='fake-a, fake-b' experiment
    FAKE_FAULT=die-in-load run ./cowlab run fake.yaml -q --only subject=fake-a
    [ "$status" -eq 2 ]
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 2 ]
    grep -q '1 of them is invalid: --failed measures' <<<"$stderr"
    stat -c '%i' results/fake/fake-b*.json >before
    ./cowlab run fake.yaml -q --failed
    [ "$(key_of results/fake/fake-a*.json status)" = valid ]
    stat -c '%i' results/fake/fake-b*.json | diff before -
}

@test "--rerun measures again what it selects, and nothing else" {
    SUBJECTS='fake-a, fake-b' experiment 'invocations: 2'
    ./cowlab run fake.yaml -q
    stat -c '%i %n' results/fake/*.json | sort >before
    ./cowlab run fake.yaml -q --rerun subject=fake-b,invocation=2
    stat -c '%i %n' results/fake/*.json | sort >after
    [ "$(comm -13 before after | wc -l)" -eq 1 ]
    comm -13 before after | grep -q 'fake-b.*-002.json'
    run ./cowlab run fake.yaml -q --rerun subject=fake-c
    [ "$status" -eq 1 ]
    run ./cowlab run fake.yaml -q --rerun subject=fake-b --failed
    [ "$status" -eq 1 ]
}

@test "--only: what is not selected may be missing, what is may not" {
    SUBJECTS='fake-a, fake-b' experiment
    ./cowlab run fake.yaml -q --only subject=fake-a
    [ "$(find results/fake -name '*.json' | wc -l)" -eq 1 ]
    FAKE_FAULT=die-in-load run ./cowlab run fake.yaml -q --only subject=fake-b
    [ "$status" -eq 2 ]
    ./cowlab run fake.yaml -q --only subject=fake-a
}

@test "results of another experiment are refused with the difference" {
    experiment 'invocations: 1'
    ./cowlab run fake.yaml -q
    experiment 'about: said otherwise' 'invocations: 2' 'timeout: 50'
    ./cowlab run fake.yaml -q
    [ "$(find results/fake -name '*.json' | wc -l)" -eq 2 ]
    [ "$(jq .invocations results/fake/experiment.description)" -eq 2 ]
    BURSTS=3 experiment 'seed: 9'
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'another experiment than fake.yaml is now' <<<"$output"
    grep -qx '  bursts: 2, now 3' <<<"$output"
    grep -qx '  seed: 1, now 9' <<<"$output"
    grep -qe '--new' <<<"$output"
    ./cowlab run fake.yaml -q --set bursts=2 --set seed=1
}

@test "results of another build of cowlab are refused" {
    experiment
    ./cowlab run fake.yaml -q
    file=$(echo results/fake/*.json)
    jq '.cowlab.program_hash = "0123456789abcdef"' "$file" >other
    mv other "$file"
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'another build of cowlab (0123456789abcdef, now' <<<"$output"
}

@test "results that tell no experiment are known by its file, --new begins afresh" {
    experiment
    ./cowlab run fake.yaml -q
    rm results/fake/experiment.description
    experiment 'about: changed'
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'made with another experiment file' <<<"$output"
    grep -qe '--new' <<<"$output"
    ./cowlab run fake.yaml -q --new
    ./cowlab run fake.yaml -q --new
    [ -e results/fake.2 ]
    [ -e results/fake.3 ]
    [ ! -e results/fake.4 ]
}

@test "what --new began is named where it is refused to go on in the old place" {
    experiment
    ./cowlab run fake.yaml -q
    BURSTS=3 SUBJECTS='fake-a, fake-b' experiment
    ./cowlab run fake.yaml -q --new --only subject=fake-a
    mkdir results/fake.3 # of nothing
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -qx '  bursts: 2, now 3' <<<"$output"
    grep -q 'go on with --results results/fake\.2, or' <<<"$output"
    run ./cowlab plan fake.yaml
    grep -q 'go on with --results results/fake\.2, or' <<<"$output"
    ./cowlab run fake.yaml -q --results results/fake.2
    [ "$(find results/fake.2 -name '*.json' | wc -l)" -eq 2 ]
    BURSTS=4 experiment
    run ./cowlab run fake.yaml -q
    grep -q 'give --new to begin a directory of its own' <<<"$output"
}

@test "advice that names a path longer than a message is cut off" {
    experiment
    long=results/$(printf '%0200d/%0200d/%0200d' 1 2 3)
    mkdir -p "$long"
    ./cowlab run fake.yaml -q --results "$long"
    cp -r "$long" "$long.2"
    BURSTS=3 experiment
    ./cowlab run fake.yaml -q --results "$long.3"
    run ./cowlab run fake.yaml -q --results "$long"
    [ "$status" -eq 3 ]
    grep -q "^cowlab: the results in ${long:0:400}" <<<"$output"
    [ "${#output}" -lt 1100 ]
}

@test "results of another machine are warned of before more are added" {
    SUBJECTS='fake-a, fake-b' experiment
    ./cowlab run fake.yaml -q --only subject=fake-a
    file=$(echo results/fake/fake-a*.json)
    jq '.environment.kernel_release = "1.2.3"' "$file" >other
    mv other "$file"
    run --separate-stderr ./cowlab run fake.yaml -q
    [ "$status" -eq 0 ]
    [[ $stderr == *"warning: results in results/fake (1) are of another machine"* ]]
    [[ $stderr == *"${file#*/fake/}: kernel_release was \"1.2.3\", here \""* ]]
    [[ $stderr == *"--new"* ]]
    # Nothing is added any more.
    run --separate-stderr ./cowlab run fake.yaml -q
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
}

@test "results of another program are refused" {
    experiment
    ./cowlab run fake.yaml -q
    echo '# changed' >>collectors/fake-a
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'made with another .*collectors/fake-a' <<<"$output"
}

@test "results of another build of a runtime are refused, and its variables told" {
    experiment
    export RUBY_GC_HEAP_GROWTH_FACTOR=1.5 PYTHONMALLOC=malloc
    ./cowlab run fake.yaml -q
    jq -e '.subject.build == {compiler: "fake 1"}
        and .environment.variables.RUBY_GC_HEAP_GROWTH_FACTOR == "1.5"
        and .environment.variables.PYTHONMALLOC == "malloc"' results/fake/*.json
    FAKE_COMPILER='fake 2' run ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'another build of the subject: its compiler (fake 1, now fake 2)' \
        <<<"$output"
}

@test "a path that is not UTF-8 is refused at the start" {
    experiment
    mv fake.yaml $'fake\xff.yaml'
    for verb in run plan 'show experiment'; do
        # shellcheck disable=SC2086 # two words
        run --separate-stderr ./cowlab $verb $'./fake\xff.yaml'
        [ "$status" -eq 1 ]
        [[ $stderr == *"must be UTF-8"*"rename it"* ]]
    done
    mv $'fake\xff.yaml' fake.yaml
    run --separate-stderr ./cowlab run fake.yaml --results $'there\xff'
    [ "$status" -eq 1 ]
    [[ $stderr == *"--results"*"must be UTF-8"* ]]
    [ "$(find . -name '*description*' -o -name 'there*')" = "" ]
}

@test "two runs do not write into one directory" {
    SLEEP=50 BURSTS=100 experiment
    ./cowlab run fake.yaml -q >/dev/null &
    until [ -d results/fake ] && subjects_alive | grep -q .; do sleep 0.05; done
    run ./cowlab run fake.yaml -q
    kill -TERM $!
    wait $! || true
    [ "$status" -eq 3 ]
    grep -q 'another cowlab run is writing' <<<"$output"
}

@test "a directory that cannot be made or written ends with status 3" {
    experiment
    echo >file
    run ./cowlab run fake.yaml -q --results file/below
    [ "$status" -eq 3 ]
    grep -q 'file' <<<"$output"
    run ./cowlab run fake.yaml -q --results /proc/nothing/here
    [ "$status" -eq 3 ]
    grep -qe '--results' <<<"$output"
}

counters_of()
{
    jq -c "[.workers[].counters$1]" results/fake/*.json
}

need_libpfm4()
{
    if ./cowlab list counters | grep -q "without libpfm4"; then
        skip "built without libpfm4"
    fi
}

@test "events are counted, or null with the reason, and summed up" {
    need_libpfm4
    experiment 'counters: [page-faults, "cs:u", task-clock, CYCLES]'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
    validate results/fake/*.json
    [ "$(counters_of '."page-faults".raw > 0')" = '[true,true]' ]
    [ "$(counters_of '."task-clock" | .running_ns == .enabled_ns')" = \
        '[true,true]' ]
    [ "$(counters_of '."cs:u"')" = '[null,null]' ]
    [ "$(counters_of '."cs:u_why" | test("kernel mode")')" = '[true,true]' ]
    [ "$(counters_of ' | .CYCLES == null and .CYCLES_why == null')" = \
        '[false,false]' ]
    grep -qE '^  subject +page-faults +cs:u +task-clock +CYCLES$' <<<"$output"
    grep -qE '^  fake-a +[0-9]+u? +- +[0-9]+ +[-0-9]' <<<"$output"
    grep -q '^cs:u of fake-a: not counted: it happens in kernel mode' \
        <<<"$output"
    run --separate-stderr ./cowlab run --json fake.yaml
    [ "$(jq -c '.cells[0].counters."cs:u".count' <<<"$output")" = null ]
    [ "$(jq '.cells[0].counters."task-clock" |
        .count > 0 and .modes == "user and kernel" and (.scaled | not)' \
        <<<"$output")" = true ]
}

@test "more counters than descriptors do not spoil a run" {
    need_libpfm4
    experiment 'counters: [page-faults, faults, minor-faults, major-faults,
        task-clock, cpu-clock, "faults:u", "minor-faults:u", "task-clock:u"]'
    ulimit -n 48
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
    grep -q 'not counted: perf_event_open: Too many open files' <<<"$output"
}

@test "progress: plain lines to a pipe, none if quiet" {
    experiment
    ./cowlab run fake.yaml 2>plain >/dev/null
    grep -qE '^cell 1/1 inv 1/1 fake-a pages sleep=0 w2: valid, [0-9.]+ s$' plain
    if grep -q $'\r' plain; then false; fi
    ./cowlab run fake.yaml --new --quiet 2>none >/dev/null
    [ ! -s none ]
}

@test "progress: one line that rewrites itself on a terminal" {
    has_terminal || skip "no pseudo-terminal can be made here"
    SLEEP=100 experiment
    script -qec './cowlab run fake.yaml --new' terminal >/dev/null
    grep -q $'\r' terminal
    grep -aqE 'cell 1/1 inv 1/1 fake-a pages sleep=100 w2 burst [12]/2 RR' \
        terminal
}

@test "the example of run --help runs" {
    run ./cowlab run --help
    [ "$status" -eq 0 ]
    example=$(sed -n 's/^Example: cowlab //p' <<<"$output")
    [ -n "$example" ]
    experiment
    mkdir experiments
    mv fake.yaml experiments/demo.yaml
    sed "s|/tmp/demo|$BACK/demo|" <<<"$example" | xargs ./cowlab
    ls demo/*.json
}
