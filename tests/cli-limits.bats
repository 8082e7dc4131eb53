#!/usr/bin/env bats
# `memory:` and `swap:`: a subject in a control group of its own, what the kernel
# does to it there, and that nothing of it stays.  Who may not set limits is
# refused, or runs without them where the file says so.

bats_require_minimum_version 1.5.0
load back

setup_file()
{
    cd "$BATS_FILE_TMPDIR"
    "$COWLAB_BUILD/cowlab" doctor --json >findings.json || [ $? -eq 3 ]
}

setup()
{
    # shellcheck disable=SC2034 # for left_behind
    SETS_LIMITS=yes
    set_up_back
}

teardown()
{
    tear_down_back
}

# Skips where limits cannot be set: the doctor knows why.
need()
{
    local why
    why=$(jq -r --arg code "$1" '.findings[]
        | select(.code == $code and .level != "ok") | .found' \
        "$BATS_FILE_TMPDIR/findings.json")
    [ -z "$why" ] || skip "$why"
}

# holds RESULT FILTER: a jq filter is true of it.
holds()
{
    jq -e "$2" "$1" >/dev/null || {
        jq 'del(.environment, .workers)' "$1"
        return 1
    }
}

@test "a worker that needs more than its limit is killed, and others are not" {
    need memory-groups
    SUBJECTS='fake-a, fake-b' experiment 'memory: 64 MiB'
    sed -i 's/os.environ.get("FAKE_FAULT", "none")/"eat-in-serve"/' \
        collectors/fake-a
    run --separate-stderr ./cowlab run fake.yaml -q
    [ "$status" -eq 2 ]
    validate results/fake/*.json
    holds results/fake/fake-a-*.json '.reason == "out-of-memory"
        and (.detail | test("worker 1 .* was killed by signal 9 .* serving"))
        and .limits.events.oom_kill == 1 and .limits.memory_bytes == 67108864
        and .limits.swap_bytes == 0 and .limits.peak_bytes <= 67108864
        and .cell.memory_bytes == 67108864'
    holds results/fake/fake-b-*.json '.status == "valid"
        and .limits.events.oom_kill == 0 and .limits.peak_bytes <= 67108864
        and (.limits.looks | length) == (.workers[0].samples | length)
        and ([.limits.looks[].usage_bytes] | all(. > 0 and . <= 67108864))'
    nothing_left
}

@test "a template that needs more than its limit is killed" {
    need memory-groups
    experiment 'memory: 64 MiB'
    expect_invalid eat-in-load out-of-memory \
        'was killed by signal 9 (Killed) while loading'
    nothing_left
}

@test "what is killed elsewhere for want of memory is not ours" {
    need memory-groups
    experiment 'memory: 128 MiB'
    FAKE_FAULT=kill-when-told ./cowlab run fake.yaml -q >/dev/null 2>&1 &
    await_workers
    sed 's/128 MiB/64 MiB/' fake.yaml >eats.yaml
    FAKE_FAULT=eat-in-serve run ./cowlab run eats.yaml -q -r eats
    [ "$(key_of eats/*.json reason)" = out-of-memory ]
    touch now
    wait $! || true
    [ "$(key_of results/fake/*.json reason)" = worker-died ]
    nothing_left
}

@test "with swap beside its limit a worker goes on, and the file is gone then" {
    need memory-groups
    need swap-files
    experiment 'memory: 64 MiB' 'swap: 128 MiB'
    cp /proc/swaps swaps
    FAKE_FAULT=eat-in-serve FAKE_EAT=96 run --separate-stderr \
        ./cowlab run fake.yaml
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
    cmp swaps /proc/swaps
    [ -z "$(find . -name 'cowlab-*')" ]
    validate results/fake/*.json
    holds results/fake/*.json '.limits.swap_bytes == 134217728
        and .limits.machine.swapped_out_pages > 0
        and .limits.machine.swap_total_before_bytes
            == .limits.machine.swap_total_after_bytes
        and (.limits.looks[-1] | .swap_bytes > 0 and .usage_bytes <= 67108864)
        and (.workers[1].samples[-1].swap_bytes > 0)
        and ([.warnings[].code] | index("swapped-pages") != null
             and index("page-counts-disagree") == null)'
    nothing_left
}

@test "more than limit and swap together is too much" {
    need memory-groups
    need swap-files
    experiment 'memory: 64 MiB' 'swap: 32 MiB'
    expect_invalid eat-in-serve out-of-memory 'was killed by signal 9'
    nothing_left
}

# as_nobody COMMAND...: by somebody who may set no limit.
as_nobody()
{
    [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    chmod 777 .
    run --separate-stderr setpriv --reuid=nobody --regid=nogroup \
        --clear-groups "$@"
}

@test "who may set no limit is refused before anything runs" {
    experiment 'memory: 64 MiB'
    as_nobody ./cowlab run fake.yaml
    [ "$status" -eq 3 ]
    [ -z "$output" ]
    grep -q 'the memory of fake-a-.* cannot be limited: .*control group' \
        <<<"$stderr"
    grep -q 'run as root, or under .systemd-run' <<<"$stderr"
    grep -q 'or set memory-optional: true' <<<"$stderr"
    [ ! -e results ]
}

@test "with memory-optional it runs without, and says so" {
    experiment 'memory: 64 MiB' 'swap: 64 MiB' 'memory-optional: true'
    as_nobody ./cowlab run fake.yaml
    [ "$status" -eq 0 ]
    validate results/fake/*.json
    holds results/fake/*.json '.status == "valid" and .limits == null
        and (.limits_why | test("control group"))
        and ([.warnings[].code] | index("no-memory-limit") != null)'
    grep -q 'warning: .*control group' <<<"$stderr"
    nothing_left
}

@test "a swap file that cannot be had is refused, with the reason" {
    need memory-groups
    need swap-files
    experiment 'memory: 64 MiB' 'swap: 1048576 GiB'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 3 ]
    grep -q 'no room in .* for a swap file of 1125899906842624 bytes: [0-9]* are free' \
        <<<"$stderr"
    [ ! -e results ]
    experiment 'memory: 64 MiB' 'swap: 1 MiB'
    run --separate-stderr setpriv --bounding-set=-sys_admin \
        ./cowlab run fake.yaml
    [ "$status" -eq 3 ]
    grep -q 'cannot use the swap file .*: Operation not permitted; run as root' \
        <<<"$stderr"
    nothing_left
    elsewhere=$(mktemp -d /dev/shm/cowlab.XXXXXX)
    if [ "$(stat -f -c %T "$elsewhere")" = tmpfs ]; then
        run --separate-stderr ./cowlab run fake.yaml -r "$elsewhere/results"
        [ "$status" -eq 3 ]
        grep -q 'this file system cannot hold swap; give --results' \
            <<<"$stderr"
        [ -z "$(ls -A "$elsewhere")" ]
    fi
    rmdir "$elsewhere"
}

@test "when cowlab itself is killed group and swap file are gone soon" {
    need memory-groups
    need swap-files
    SLEEP=1000 experiment 'timeout: 20' 'memory: 64 MiB' 'swap: 64 MiB'
    ./cowlab run fake.yaml >/dev/null 2>&1 &
    await_workers
    grep -qF "$BACK" /proc/swaps
    kill -KILL $!
    wait $! || true
    nothing_left 50
    [ -z "$(find . -name 'cowlab-*')" ]
}

@test "what a run left that died with its guard is removed by the next" {
    need memory-groups
    need swap-files
    SLEEP=1000 experiment 'timeout: 20' 'memory: 64 MiB' 'swap: 64 MiB'
    ./cowlab run fake.yaml >/dev/null 2>&1 &
    supervisor=$!
    await_workers
    # Stopped first, so that neither sees the other's end.
    guard=$(pgrep -P "$supervisor" -x 'cow guard')
    kill -STOP "$supervisor"
    kill -KILL "$guard"
    kill -KILL "$supervisor"
    wait "$supervisor" || true
    # The group is there as well, if no run beside this one has swept it already.
    grep -qF "$BACK" /proc/swaps
    SLEEP=0 experiment
    run ./cowlab run fake.yaml -q -r again
    [ "$status" -eq 0 ]
    nothing_left
    [ -z "$(find . -name 'cowlab-*')" ]
}
