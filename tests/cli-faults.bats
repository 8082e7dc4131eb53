#!/usr/bin/env bats
# Subjects that misbehave: each fault is an invalid invocation with its reason,
# whole results, and no process left; a signal keeps what is finished.

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

@test "the template exits before it greets" {
    expect_invalid exit-before-hello start-failed 'exited with status 4'
    grep -q 'cannot find my shoes' results/fake/*.json
}

@test "the template dies in load" {
    expect_invalid die-in-load template-died 'exited with status 7 while loading'
}

@test "the template hangs in load" {
    expect_invalid hang-in-load stalled 'no answer within 3 s while loading'
}

@test "the template talks nonsense" {
    expect_invalid nonsense-in-load nonsense "'loaded' was due, not: 'la la la'"
}

@test "the template answers with an error" {
    expect_invalid error-in-load refused 'no such data'
}

@test "the template sends a line without end" {
    expect_invalid huge-line nonsense 'more than 1 MiB'
}

@test "the template sends what is not UTF-8" {
    expect_invalid not-utf8 nonsense 'not UTF-8'
}

@test "the template sends two lines for one question" {
    expect_invalid two-lines nonsense 'more than one line'
}

@test "the template sends a zero byte" {
    expect_invalid zero-byte nonsense 'a zero byte'
}

@test "the template sends without end, in one line or in many" {
    expect_invalid endless-line nonsense 'more than 1 MiB'
    rm -r results
    expect_invalid endless-lines nonsense 'more than one line'
}

@test "the template speaks unasked" {
    expect_invalid speak-unasked nonsense 'it spoke unasked'
}

@test "a worker writes without end, and fills no memory" {
    shared_memory() { awk '/^Shmem:/ { print $2 }' /proc/meminfo; }
    local before most=0 now
    before=$(shared_memory)
    experiment 'timeout: 2'
    FAKE_FAULT=endless-output ./cowlab run fake.yaml -q >table &
    while kill -0 $! 2>/dev/null; do
        now=$(shared_memory)
        [ "$now" -lt "$most" ] || most=$now
        sleep 0.05
    done
    status=0
    wait $! || status=$?
    [ "$status" -eq 2 ]
    [ "$(key_of results/fake/*.json reason)" = stalled ]
    [ "$(jq '.output | length' results/fake/*.json)" -eq 4096 ]
    nothing_left
    echo "$before to $most KiB"
    [ $((most - before)) -lt 300000 ]
}

@test "a worker that writes much is valid, with a warning" {
    experiment
    FAKE_FAULT=much-output run ./cowlab run fake.yaml
    [ "$status" -eq 0 ]
    validate results/fake/*.json
    # Two bursts, of 2 MiB and 26 bytes each, and the line of the load.
    jq -e '[.warnings[] | select(.code == "subject-output").detail] ==
        ["the subject wrote 8388743 bytes to its standard output and error"]' \
        results/fake/*.json
    jq -e '.output | endswith("these are the last words\n")' results/fake/*.json
    ! grep -q 'last words' <<<"$output"
}

# quoted WHEN WORDS: workers of Python and Ruby fail then, outside of a request,
# and the results quote their words.
quoted()
{
    rm -rf results
    UNWELL=$1 SUBJECTS=$BACK/subjects PYTHONPATH=$BACK RUBYOPT=-r$BACK/unwell \
        run ./cowlab run fake.yaml
    [ "$status" -eq 2 ]
    jq -r '.reason, .output' results/fake/*.json
    jq -se --arg words "$2" 'length == 2 and
        all(.reason == "worker-died" and (.output // "" | contains($words)))' \
        results/fake/*.json
}

@test "a worker of a runtime that fails outside of a request is quoted" {
    [ -z "${COWLAB_SANITIZED:-}" ] || skip "an adapter has nothing to be sanitized"
    command -v python3 >/dev/null || skip "python3 is not installed"
    command -v ruby >/dev/null || skip "ruby is not installed"
    ln -s "$COWLAB_SOURCE/subjects" subjects
    cat >sitecustomize.py <<'PYTHON'
import errno, os, sys
sys.path.insert(0, os.environ["SUBJECTS"])
from python.worker import Worker
begin, send = Worker.__init__, Worker.send
def fail_to_begin(self, *arguments):
    begin(self, *arguments)
    if os.environ["UNWELL"] == "begins":
        raise RuntimeError("cannot begin")
def fail_to_send(self, line):
    if os.environ["UNWELL"] == "answers" and line.startswith("served"):
        raise OSError(errno.ENOMEM, "cannot answer")
    send(self, line)
Worker.__init__, Worker.send = fail_to_begin, fail_to_send
PYTHON
    cat >unwell.rb <<'RUBY'
module Cowlab
  class Conversation; end
  class Worker < Conversation
    prepend(Module.new do
      def initialize(*)
        super
        raise "cannot begin" if ENV["UNWELL"] == "begins"
      end

      def say(line)
        unwell = ENV["UNWELL"] == "answers" && line.start_with?("served")
        raise Errno::ENOMEM, "cannot answer" if unwell
        super
      end
    end)
  end
end
RUBY
    printf '%s\n' 'experiment: fake' 'bursts: 1' 'matrix:' \
        '  subject: [python, ruby]' '  workers: [1]' \
        '  workload: [{name: largeobject, list-count: 9, string-count: 9}]' \
        >fake.yaml
    quoted begins 'cannot begin'
    quoted answers 'cannot answer'
    nothing_left
}

@test "a subject that writes nothing is said to, and not warned of" {
    experiment
    ./cowlab run fake.yaml -q
    jq -e '.output == null and .output_why == "the subject wrote nothing" and
        ([.warnings[].code] | contains(["subject-output"]) | not)' \
        results/fake/*.json
}

@test "the template is killed between prepare and fork" {
    expect_invalid die-after-prepare template-died \
        'was killed by signal 11 (Segmentation fault) while telling its layout'
}

@test "the template cannot fork" {
    expect_invalid error-in-fork fork-failed 'Resource temporarily unavailable'
}

@test "the template names a process that is not its worker" {
    expect_invalid strange-pid nonsense 'of running workers'
}

@test "a worker claims to be another process" {
    expect_invalid wrong-hello nonsense 'pid=1, but the peer is process'
}

@test "a worker exits before it greets" {
    expect_invalid die-in-worker worker-died 'exited with status 9 while greeting'
}

@test "a worker connects and exits without a word" {
    expect_invalid silent-worker worker-died 'exited with status 6 while greeting'
}

@test "a worker exits while it serves" {
    expect_invalid die-in-serve worker-died \
        'exited with status 3 while serving requests 0 to 0'
    grep -q 'this is the end' results/fake/*.json
    grep -q 'invalid: worker-died: .*; it said: .*this is the end' <<<"$stderr"
}

@test "a worker is killed while it serves" {
    expect_invalid kill-in-serve worker-died 'was killed by signal 9 (Killed)'
}

@test "a worker crashes while it serves" {
    expect_invalid crash-in-serve worker-died \
        'was killed by signal 11 (Segmentation fault) while serving requests 0'
}

# What the others have for themselves grows when a sharer is gone.
@test "samples beside a dead worker are marked" {
    expect_invalid die-after-serve worker-died \
        'was killed by signal 9 (Killed) while being sampled; last sampled after 0'
    [ "$(jq -c '[.workers[].samples | map([.requests, .after_death])]' \
        results/fake/*.json)" = '[[[0,null],[1,true]],[[0,null]]]' ]
}

@test "a worker hangs while it serves" {
    expect_invalid hang-in-serve stalled 'worker 1'
}

@test "an invocation that takes longer than its time-limit is cut off" {
    experiment 'timeout: 60' 'time-limit: 1'
    expect_invalid hang-in-serve over-time 'longer than its time-limit of 1 s'
}

@test "a worker that is deaf to signals is ended all the same" {
    expect_invalid deaf-worker stalled 'worker 1'
}

@test "the template dies while its workers serve" {
    expect_invalid template-dies-in-serve template-died \
        'was killed by signal 9 (Killed) while serving'
}

@test "a worker leaves out a latency" {
    expect_invalid short-serve nonsense 'latency_ns'
}

@test "a worker ends with another status than 0" {
    expect_invalid bad-exit worker-died 'exited with status 5 while ending'
}

@test "a worker that forks on its own is invalid, and all are ended" {
    experiment
    expect_invalid crowd stray-process 'forked by worker '
    grep -q 'process [0-9]* (.*), forked by worker [01], is no worker' <<<"$stderr"
}

# warned FAULT WORDS: that run is valid, with this warning of a stray process.
warned()
{
    experiment
    FAKE_FAULT=$1 ./cowlab run fake.yaml -q
    validate results/fake/*.json
    jq -e --arg words "$2" '[.warnings[] | select(.code == "stray-process")] |
        length == 1 and (.[0].detail | contains($words))' results/fake/*.json
    nothing_left
}

@test "other programs that a subject starts, and copies of the template, are told" {
    warned helper '(sleep), started by worker 1, runs beside the workers'
    rm -r results
    warned busy-helper 'worker 1 has started processes of its own, and waited'
    rm -r results
    warned forked-beside ', started by the template, runs beside the workers'
}

@test "what was measured before a fault is kept" {
    expect_invalid bad-exit worker-died 'status 5'
    python3 - results/fake/*.json <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
assert len(result["bursts"]) == 2
assert result["template"]["load_ns"] == 1000
assert all(len(w["samples"]) == 5 for w in result["workers"]), \
    [len(w["samples"]) for w in result["workers"]]
END
}

@test "a subject that replies otherwise than the others is found" {
    SUBJECTS='fake-a, fake-b' experiment
    FAKE_FAULT=other-replies run ./cowlab run fake.yaml -q
    [ "$status" -eq 2 ]
    [ "$(grep -l '"reason": "checksum-differs"' results/fake/*.json | wc -l)" \
        -eq 1 ]
    validate results/fake/*.json
    grep -hq 'replied .* in sum, but that of fake-' results/fake/*.json
}

@test "after a fault the other invocations still run" {
    SUBJECTS='fake-a, fake-b' experiment
    sed -i 's/^    name = os/    if sys.argv[0].endswith("a"):\n        os.environ["FAKE_FAULT"] = "die-in-load"\n&/' \
        collectors/fake-a
    sed -i 's/os.environ.get("FAKE_FAULT", "none")/"die-in-load"/' \
        collectors/fake-a
    run ./cowlab run fake.yaml -q
    [ "$status" -eq 2 ]
    [ "$(key_of results/fake/fake-a*.json reason)" = template-died ]
    [ "$(key_of results/fake/fake-b*.json status)" = valid ]
}

# interrupt SIGNAL: a run of a quick and a slow invocation, stopped in the slow
# one.
interrupt()
{
    experiment 'invocations: 2' 'timeout: 20'
    sed -i 's/time.sleep(self.sleep)/time.sleep(os.path.exists("slow") * 5)/' \
        collectors/fake-a
    # Whoever runs the tests may have chosen to ignore the signal.
    env --default-signal="$1" ./cowlab run fake.yaml >table 2>talk &
    until ls results/fake/*-001.json 2>/dev/null; do sleep 0.02; done
    touch slow
    sleep 0.5
    kill "-$1" $!
    status=0
    wait $! || status=$?
    [ "$status" -eq 4 ] || { echo "status $status"; cat talk; return 1; }
    nothing_left
    validate results/fake/*.json
    [ "$(echo results/fake/*.json | wc -w)" -eq 1 ]
    grep -q 'fake-a .* 0/2$' table
    grep -q 'interrupted; what is finished is in results/fake' talk
    grep -q '1 invocation was not made yet' table
}

@test "SIGTERM keeps what is finished and leaves no process" {
    interrupt TERM
}

@test "SIGHUP does so too" {
    interrupt HUP
}

# await PATTERN FILE: until the file has it, for as long as a busy machine may
# take.
await()
{
    for _ in $(seq 600); do
        if grep -aq "$1" "$2" 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    cat "$2"
    return 1
}

@test "nohup keeps SIGHUP away" {
    SLEEP=100 experiment
    (trap '' HUP && exec ./cowlab run fake.yaml >table 2>talk) &
    await_workers
    kill -HUP $!
    wait $!
    [ "$(key_of results/fake/*.json status)" = valid ]
}

# interrupted_once: the exit status of a run that got SIGINT in its invocation.
interrupted_once()
{
    ./cowlab run fake.yaml --quiet >table 2>talk &
    await_workers
    kill -INT $!
    status=0
    wait $! || status=$?
    nothing_left
    grep -q '^finishing this invocation; Ctrl-C again stops now$' talk
}

@test "Ctrl-C once finishes the invocation and leaves the rest undone" {
    SLEEP=100 experiment 'invocations: 2'
    interrupted_once
    [ "$status" -eq 4 ]
    [ "$(cat results/fake/*.json | jq -s 'map(.status)' -c)" = '["valid"]' ]
    grep -q 'interrupted; what is finished is in results/fake' talk
    grep -q '1 invocation was not made yet' table
    # Nothing is left undone of what is finished with the last.
    interrupted_once
    [ "$status" -eq 0 ]
    grep -q 'fake-a .* 0/2$' table
    [ "$(wc -l <talk)" -eq 1 ]
}

@test "Ctrl-C twice on a terminal stops at once" {
    has_terminal || skip "no pseudo-terminal can be made here"
    SLEEP=1000 experiment 'timeout: 120'
    mkfifo keys
    script -qefc './cowlab run fake.yaml; echo "status $?"' terminal \
        <keys >/dev/null &
    exec 9>keys
    await 'burst 1/2' terminal
    printf '\003' >&9
    await '^finishing this invocation; Ctrl-C again stops now' terminal
    printf '\003' >&9
    await 'status 4' terminal
    exec 9>&-
    wait $!
    [ -z "$(find results -name '*.json')" ]
    nothing_left
}

@test "what a writer that was killed has left is removed, and nothing else" {
    experiment
    mkdir -p results/fake
    touch results/fake/.fake-a-pages-w2-0a1b2c3d-001.json.{aBc123,dEf456} \
        results/fake/.notes.json
    exec 8<results/fake/.fake-a-pages-w2-0a1b2c3d-001.json.dEf456
    flock 8 # as a writer that lives
    ./cowlab run fake.yaml -q
    [ "$(cd results/fake && echo .[a-z]*)" = \
        '.fake-a-pages-w2-0a1b2c3d-001.json.dEf456 .notes.json' ]
    exec 8<&-
    ./cowlab run fake.yaml -q
    [ "$(cd results/fake && echo .[a-z]*)" = .notes.json ]
}

# start_unruly: a run of which one worker is stopped and the other busy and deaf,
# with a child that has left them.
start_unruly()
{
    experiment 'timeout: 20'
    FAKE_FAULT=unruly ./cowlab run fake.yaml >table 2>talk &
    supervisor=$!
    until [ -e unruly ]; do sleep 0.05; done
}

@test "when cowlab itself is killed its subjects end, whatever they do" {
    start_unruly
    kill -KILL "$supervisor"
    wait "$supervisor" || true
    nothing_left 20
    # What waits for the end of its output has not waited for the guard.
    [ ! -s table ]
}

@test "when the guard is killed the subjects end, and the run with its reason" {
    start_unruly
    kill -KILL "$(pgrep -P "$supervisor" -x 'cow guard')"
    status=0
    wait "$supervisor" || status=$?
    [ "$status" -eq 3 ]
    grep -q 'the guard of this run .* was killed' talk
    nothing_left
}

@test "a run does not begin beside the processes of one that was killed" {
    start_unruly
    guard=$(pgrep -P "$supervisor" -x 'cow guard')
    kill -STOP "$guard"
    kill -KILL "$supervisor"
    wait "$supervisor" || true
    run ./cowlab run fake.yaml -q
    kill -CONT "$guard"
    [ "$status" -eq 3 ]
    grep -q 'another cowlab run is writing' <<<"$output"
    ./cowlab run fake.yaml -q
    nothing_left
}
