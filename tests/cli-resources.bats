#!/usr/bin/env bats
# What the machine refuses or does in the middle of a run: processes, files,
# room on the disk, directories, and a clock that jumps.

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

# as_user COMMAND...: as an ordinary user that has no other process, if we are
# root, to whom nothing is refused.
as_user()
{
    local user=$((100000 + $$ % 100000))
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
        return
    fi
    chmod 755 "$BACK"
    chown -R "$user" "$BACK"
    setpriv --reuid "$user" --regid "$user" --clear-groups \
        env PATH=/usr/bin:/bin "$@"
}

# many: an experiment of 500 workers of a real collector, in many.yaml.
many()
{
    cp "$COWLAB_BUILD/collectors/mark-side" collectors/
    cat >many.yaml <<'YAML'
experiment: many
bursts: 1
requests-per-burst: 500
sample: []
matrix:
  subject: [mark-side]
  workload: [{name: uniform, heap-bytes: 1 MiB}]
  workers: [500]
YAML
}

@test "500 workers run where the soft limit of files is low" {
    many
    ulimit -Sn 256
    run --separate-stderr ./cowlab run many.yaml
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
    validate results/many/*.json
    jq -e '(.workers | length) == 500 and
        all(.workers[]; (.samples | length) == 2 and .latency.service.count == 1)
        and ([.warnings[] | select(.code == "page-counts-disagree")] == [])' \
        results/many/*.json
    nothing_left
}

@test "500 workers are refused where the hard limit is low" {
    many
    ulimit -n 256
    run ./cowlab run many.yaml
    [ "$status" -eq 3 ]
    grep -q '500 workers need 1032 open files, but only 256 are' <<<"$output"
    [ ! -e results ]
}

@test "a template that may not fork so often is invalid" {
    [ "$(id -u)" -eq 0 ] || skip "only root can take a user of its own for it"
    # cowlab, its guard, the template and one worker.
    experiment
    run as_user prlimit --nproc=4 ./cowlab run fake.yaml
    [ "$status" -eq 2 ]
    grep -q 'invalid: fork-failed: .* not fork 2 workers: .*Resource' \
        <<<"$output"
    nothing_left
    many
    run as_user prlimit --nproc=203 ./cowlab run many.yaml
    [ "$status" -eq 2 ]
    grep -q 'invalid: fork-failed: .* not fork 500 workers: fork: worker 200:' \
        <<<"$output"
    nothing_left
}

@test "a full disk ends with status 3, keeps what is whole, and goes on later" {
    unshare -m true 2>/dev/null || skip "only root has mounts of its own"
    export -f experiment key_of validate
    experiment 'invocations: 4'
    ./cowlab run fake.yaml -q --results roomy
    unshare -m bash -eu <<'END'
mkdir small
kib=$(du -k roomy | cut -f 1)
mount -t tmpfs -o size=$((kib * 6 / 10))k cowlab-test small
status=0
./cowlab run fake.yaml -q --results small/results 2>talk || status=$?
[ "$status" -eq 3 ]
grep -q 'cannot write the result .*: No space left on device' talk
whole=$(ls small/results/fake-*.json | wc -l)
[ "$whole" -ge 1 ] && [ "$whole" -lt 4 ]
[ -z "$(find small -name '.*.json*')" ]
validate small/results/fake-*.json
mount -o remount,size=4m small
./cowlab run fake.yaml --results small/results 2>talk
grep -q "$whole of 4 invocations are in small/results already" talk
[ "$(ls small/results/fake-*.json | wc -l)" -eq 4 ]
END
    nothing_left
}

@test "a limit of file sizes is an error like others" {
    experiment
    run bash -c 'ulimit -f 4; ./cowlab run fake.yaml -q'
    [ "$status" -eq 3 ]
    grep -q 'File too large' <<<"$output"
    nothing_left
    ./cowlab run fake.yaml -q
}

@test "a directory that becomes unwritable ends with status 3" {
    SLEEP=200 experiment
    as_user ./cowlab run fake.yaml -q 2>talk >table &
    await_workers
    chmod a-w results/fake
    status=0
    wait $! || status=$?
    [ "$status" -eq 3 ]
    grep -q 'cannot write the result .*: Permission denied; make room or' talk
    chmod u+w results/fake
    nothing_left
    as_user ./cowlab run fake.yaml -q
}

@test "results that may not be read or written are refused, and stay" {
    experiment
    as_user ./cowlab run fake.yaml -q
    file=$(echo results/fake/fake-*.json)
    cp "$file" before
    chmod 000 "$file"
    run as_user ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -qF "$file" <<<"$output"
    grep -q 'Permission denied' <<<"$output"
    chmod 444 "$file"
    chmod 555 results/fake
    run as_user ./cowlab run fake.yaml -q
    [ "$status" -eq 3 ]
    grep -q 'cannot write into results/fake: Permission denied' <<<"$output"
    cmp "$file" before
    chmod 755 results/fake
    as_user ./cowlab run fake.yaml -q
    cmp "$file" before
}

@test "a result that is cut off anywhere is refused by name" {
    experiment
    ./cowlab run fake.yaml -q
    file=$(echo results/fake/fake-*.json)
    cp "$file" whole
    for size in 0 1 500 $(($(stat -c %s whole) - 3)); do
        head -c "$size" whole >"$file"
        run ./cowlab run fake.yaml -q
        [ "$status" -eq 3 ]
        grep -qF "$file:" <<<"$output"
        grep -q 'not a whole result' <<<"$output"
    done
}

@test "a clock that jumps changes no duration" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "a sanitizer wants to be loaded first"
    fi
    export LD_PRELOAD=$COWLAB_BUILD/tests/jumping-clock.so
    now=$(env -u LD_PRELOAD date +%s)
    [ $(($(date +%s) - now)) -lt -80000 ]
    cp "$COWLAB_BUILD/collectors/mark-side" collectors/
    cat >jumps.yaml <<'YAML'
experiment: jumps
bursts: 3
requests-per-burst: 40
collections-first: 1
counters: [task-clock]
blame: true
matrix:
  subject: [mark-side]
  workload: [{name: uniform, heap-bytes: 1 MiB}]
  workers: [2]
YAML
    ./cowlab run jumps.yaml -q
    SLEEP=10 experiment 'collections-first: 1'
    ./cowlab run fake.yaml -q
    unset LD_PRELOAD
    python3 - "$now" results/*/*-001.json <<'PYTHON'
import calendar, json, sys, time
HALF_A_MINUTE = 30 * 10**9
durations = 0
def walk(value, key=""):
    global durations
    if isinstance(value, dict):
        for key, inner in value.items():
            walk(inner, key)
    elif isinstance(value, list):
        for inner in value:
            walk(inner, key)
    elif isinstance(value, int) and (key == "ns" or key.endswith("_ns")):
        assert 0 <= value < HALF_A_MINUTE, (key, value)
        durations += 1
for path in sys.argv[2:]:
    result = json.load(open(path))
    assert result["status"] == "valid", result["detail"]
    started = calendar.timegm(
        time.strptime(result["started_at"], "%Y-%m-%dT%H:%M:%SZ"))
    assert abs(started - int(sys.argv[1])) > 80000, "it saw no jump"
    walk(result)
    for worker in result["workers"]:
        times = [sample["t_ns"] for sample in worker["samples"]]
        assert times == sorted(times), times
assert durations > 100, durations
PYTHON
}
