#!/usr/bin/env bats
# `cowlab status`: how far experiments are, by their directories alone.

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

has()
{
    grep -qEe "$1" <<<"$output" || {
        printf 'missing: %s\nin:\n%s\n' "$1" "$output"
        return 1
    }
}

# Two subjects, three invocations of each: 3 done, 2 missing, 1 failed.
run_partly()
{
    SUBJECTS='fake-a, fake-b' experiment 'invocations: 3'
    ./cowlab run fake.yaml -q --only 'invocation=1|2' --only subject=fake-a \
        >/dev/null
    ./cowlab run fake.yaml -q --only subject=fake-b,invocation=1 >/dev/null
    FAKE_FAULT=die-in-load ./cowlab run fake.yaml -q \
        --only subject=fake-b,invocation=2 >/dev/null || [ "$?" -eq 2 ]
}

@test "every directory below results/ with a description has a line" {
    run_partly
    experiment
    ./cowlab run fake.yaml -q --results results/deep/er/done >/dev/null
    mkdir results/other
    cp results/fake/*.json results/other
    rm -r collectors
    run ./cowlab status
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 3 ]
    has '^  directory +experiment +done +missing +failed +all +left +running +last started$'
    has '^  results/fake +fake +3 +2 +1 +6 +[0-9]+ s +no +20..-..-..T..:..:..Z$'
    has '^  results/deep/er/done +fake +1 +0 +0 +1 +0 s +no +20'
    run ./cowlab status results/deep/er/done
    [ "$status" -eq 0 ]
    has '^1 invocations of fake in results/deep/er/done: 1 done, 0 missing, 0 failed; time left: 0 s;'
}

@test "a single directory is told cell by cell, with every failure" {
    run_partly
    run ./cowlab status results/fake
    [ "$status" -eq 2 ]
    has '^  subject +workload +workers +done +missing +failed +seconds +failures$'
    has '^  fake-a +pages sleep=0 +2 +2 +1 +0 +[0-9.]+ +-$'
    has '^  fake-b +pages sleep=0 +2 +1 +1 +1 +[0-9.]+ +template-died \(1\)$'
    has '^fake-b-.*-002.json: template-died: '
    [ "$(grep -c json <<<"$output")" -eq 1 ]
}

@test "--json: the estimate is the cell's own mean, and its times a median" {
    run_partly
    local file ns=1000000000
    for file in results/fake/fake-a-*.json results/fake/fake-b-*.json; do
        jq ".wall_ns = $ns" "$file" >edited
        mv edited "$file"
        ns=$((ns + 1000000000))
    done
    # fake-a took 1 s and 2 s, fake-b 3 s, and the failed one counts for nothing.
    ./cowlab status results/fake --json >status.json || [ "$?" -eq 2 ]
    jq -e '.directories | length == 1' status.json
    jq -e '.directories[0] | [.done, .missing, .failed] == [3, 2, 1] and
        .left_ns == 4.5e9 and .running == false' status.json
    jq -e '[.directories[0].cells[] | [.subject, .done, .median_wall_ns]] ==
        [["fake-a", 2, 1.5e9], ["fake-b", 1, 3e9]]' status.json
    jq -e '.directories[0].cells[1].failures[0].reason == "template-died"' \
        status.json
}

@test "a run that is writing is told, and its own results are not in its way" {
    SLEEP=300 experiment 'invocations: 2'
    ./cowlab run fake.yaml -q >/dev/null 2>&1 &
    local pid=$!
    until [ -e results/fake/experiment.description ]; do sleep 0.05; done
    run ./cowlab status results/fake
    [ "$status" -eq 2 ]
    has 'last started: never; a run is writing there now$'
    has 'time left: unknown'
    kill -INT "$pid"
    wait "$pid" || [ "$?" -eq 4 ]
    run ./cowlab status results/fake
    has 'no run is writing there$'
}

@test "a torn result has failed, and one of no cell counts for nothing" {
    experiment
    ./cowlab run fake.yaml -q >/dev/null
    local file
    file=$(echo results/fake/*.json)
    jq '.cell.id = "another-w2-00000000"' "$file" >results/fake/another.json
    truncate -s 1000 "$file"
    run ./cowlab status results/fake
    [ "$status" -eq 2 ]
    has ' no-result \(1\)$'
    has '^fake-a.*-001.json: no-result: .*the file is not a whole result'
    has '^1 invocations .* 0 done, 0 missing, 1 failed'
}

@test "a directory that tells nothing is named" {
    run ./cowlab status
    [ "$status" -eq 3 ]
    has 'nothing below results/ was written by cowlab run'
    mkdir empty
    run ./cowlab status empty
    [ "$status" -eq 3 ]
    has '^cowlab: empty: nothing tells what should be there'
    echo '{"schema": 1}' >empty/experiment.description
    run ./cowlab status empty
    [ "$status" -eq 3 ]
    has 'empty/experiment.description: not the description of an experiment'
    run ./cowlab status nowhere
    [ "$status" -eq 3 ]
    has '^cowlab: nowhere: No such file'
}

@test "the example of status --help runs" {
    experiment
    ./cowlab run fake.yaml -q --results results/demo >/dev/null
    example=$(./cowlab status --help | sed -n 's/^Example: cowlab //p')
    # shellcheck disable=SC2086 # its words are to be split
    run ./cowlab $example
    [ "$status" -eq 0 ]
    has '1 done, 0 missing'
}
