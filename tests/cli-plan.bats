#!/usr/bin/env bats
# `cowlab plan`: what a run would do, and commands that do it one by one.

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

@test "the plan is what the run does, in its order" {
    SUBJECTS='fake-a, fake-b' experiment 'invocations: 3'
    ./cowlab plan fake.yaml --json |
        jq -r '.invocations[] | "\(.subject) \(.invocation)"' >planned
    [ ! -e results ]
    ./cowlab run fake.yaml 2>&1 >/dev/null |
        sed -nE 's/^cell .* inv ([0-9]).* (fake-[ab]) .*: valid.*/\2 \1/p' >made
    diff planned made
    [ "$(wc -l <made)" -eq 6 ]
}

@test "done, missing and failed are told apart, and the time left estimated" {
    SUBJECTS='fake-a, fake-b' SLEEP=20 experiment 'invocations: 2'
    ./cowlab plan fake.yaml >plan
    grep -q '^4 invocations in results/fake: 0 done, 4 missing, 0 failed; an unknown time left$' plan
    ./cowlab run fake.yaml -q --only invocation=1
    FAKE_FAULT=die-in-load run ./cowlab run fake.yaml -q \
        --only subject=fake-b,invocation=2
    ./cowlab plan fake.yaml >plan
    grep -q ': 2 done, 1 missing, 1 failed; . s left$' plan
    grep -qE '^ +[0-9] +failed +2 +fake-b' plan
    grep -q 'cowlab run --failed' plan
    ./cowlab plan fake.yaml --json >plan.json
    [ "$(jq '[.done, .missing, .failed] == [2, 1, 1]' plan.json)" = true ]
    # Each of the two workers sleeps 20 ms in each of its four requests.
    jq -e '.left_ns > 8e7 and .left_ns < 2e10' plan.json
    [ "$(./cowlab plan fake.yaml --only subject=fake-a --json |
        jq '.invocations | length')" -eq 2 ]
}

@test "--commands: each does one invocation, from anywhere, all at once" {
    SUBJECTS='fake-a, fake-b' experiment
    ./cowlab plan fake.yaml --set invocations=2 --commands >commands
    [ "$(wc -l <commands)" -eq 4 ]
    (
        cd /
        while IFS= read -r command; do
            bash -c "$command" >>"$BACK/paths" &
        done <"$BACK/commands"
        wait
    )
    [ "$(find results/fake -name '*.json' | wc -l)" -eq 4 ]
    sort paths | diff - <(find "$BACK/results" -name '*.json' | sort)
    [ "$(./cowlab plan fake.yaml --set invocations=2 --commands | wc -l)" -eq 0 ]
    run ./cowlab run fake.yaml --set invocations=2 -q
    [ "$status" -eq 0 ]
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/description.json" \
        results/fake/experiment.description
}

@test "--failed: what is invalid, and commands that measure it again" {
    SUBJECTS='fake-a, fake-b' experiment
    FAKE_FAULT=die-in-load run ./cowlab run fake.yaml -q --only subject=fake-b
    run --separate-stderr ./cowlab plan fake.yaml --commands
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *fake-a* ]]
    [ "$stderr" = 'cowlab: 1 failed is not among them; --failed prints those' ]
    run ./cowlab plan fake.yaml --failed
    grep -q ': 0 done, 1 missing, 1 failed; ' <<<"$output"
    grep -qE '^ +1 +failed +1 +fake-b' <<<"$output"
    run ! grep -q fake-a <<<"$output"
    ./cowlab plan fake.yaml --failed --json |
        jq -e '.invocations | length == 1 and .[0].state == "failed"'
    run --separate-stderr ./cowlab plan fake.yaml --commands --failed
    [ -z "$stderr" ]
    [ "${#lines[@]}" -eq 1 ]
    bash -c "$output"
    ./cowlab plan fake.yaml --json |
        jq -e '[.done, .missing, .failed] == [1, 1, 0]'
    run ./cowlab plan fake.yaml --commands --json
    [ "$status" -eq 1 ]
    grep -q -e '--commands or --json, not both' <<<"$output"
}

@test "a plan of what cannot be run says so" {
    experiment
    ./cowlab run fake.yaml -q
    BURSTS=3 experiment
    run ./cowlab plan fake.yaml
    [ "$status" -eq 3 ]
    grep -qx '  bursts: 2, now 3' <<<"$output"
    run ./cowlab plan fake.yaml --set bursts=none
    [ "$status" -eq 1 ]
    run ./cowlab plan fake.yaml --only workers=3
    [ "$status" -eq 1 ]
}

@test "the example of plan --help runs" {
    cd "$COWLAB_SOURCE"
    example=$("$COWLAB_BUILD/cowlab" plan --help | tr -s ' \n' '  ' |
        sed 's/.*Example: cowlab //')
    # shellcheck disable=SC2086 # its words are to be split
    "$COWLAB_BUILD/cowlab" $example | grep -q 'mark-side'
}
