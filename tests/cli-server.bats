#!/usr/bin/env bats
# Prefork servers as subjects: subjects/server.py and what it starts.

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

# servers SUBJECTS [LINE...]: writes fake.yaml of one invocation of each
servers()
{
    local subjects=$1
    shift
    {
        echo 'experiment: fake'
        printf '%s\n' 'bursts: 2' 'requests-per-burst: 8' 'sample: []' "$@"
        echo 'matrix:'
        echo "  subject: $subjects"
        echo '  workload: [{name: largeobject, list-count: 40,' \
            'string-count: 600, build-every: 5}]'
        echo '  workers: [2]'
    } >fake.yaml
}

# described SERVER: what server.py says of it, which is asked once.
described()
{
    local answer=$BATS_FILE_TMPDIR/$1.txt
    [ -s "$answer" ] ||
        python3 "$COWLAB_SOURCE/subjects/server.py" "$1" --describe >"$answer"
    cat "$answer"
}

# Skips where a server cannot run, with the reason that it gives.
needs()
{
    local name why
    for name in "$@"; do
        why=$(described "$name" | grep -P '^missing\t') || continue
        skip "${why#*$'\t'}"
    done
}

needs_nginx()
{
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null ||
        skip "nginx is not installed (nginx-light)"
}

# For what is the adapter's own and runs no C that the others do not run.
without_c()
{
    [ -z "${COWLAB_SANITIZED:-}" ] || skip "there is nothing to be sanitized"
}

# result SUBJECT: its file
result()
{
    printf '%s\n' results/fake/"$1"-*.json
}

# well REQUESTS RESULT...: of servers at which nothing is odd.
well()
{
    local requests=$1
    shift
    validate "$@"
    # The workers served all requests, whichever of them each.
    jq -es --argjson requests "$requests" \
        'all([.workers[].stats.requests] | add == $requests)' "$@"
    jq -es 'all(.template.graph_checksum != null and
        ([.workers[].graph_checksum] | unique == [null]))' "$@"
    # They say nothing, and no process of them is a stranger.
    jq -es '[.[].warnings[].code | select(IN("subject-output",
        "stray-process"))] == []' "$@"
}

@test "uwsgi serves what python serves, and blame tells who broke its pages" {
    needs uwsgi
    servers '[uwsgi, python]' 'blame: true'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ] # which replies that differ would not be
    nothing_left
    well 16 "$(result uwsgi)"
    jq -e '.blame.broken_pages > 0 and
        (.blame.sources.phases.why == "the subject tells no phases")' \
        "$(result uwsgi)"
}

@test "puma serves behind nginx, in an open loop" {
    without_c
    needs puma
    needs_nginx
    servers '[{name: puma, front: nginx}]' 'arrivals: {constant: 40}'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ]
    nothing_left
    well 16 "$(result puma)"
    jq -e '.subject.build.nginx | test("^[0-9]")' "$(result puma)"
    jq -e '[.workers[].latency.response.count] | add == 16' "$(result puma)"
    ! ls "${TMPDIR:-/tmp}"/cowlab-nginx.* 2>/dev/null
}

# fake_gunicorn FAULT...: one that misbehaves, at each start in another way
fake_gunicorn()
{
    needs gunicorn
    [ "$(head -n 1 "$(command -v gunicorn)")" = '#!/usr/bin/python3' ] ||
        skip "gunicorn is not Debian's"
    mkdir bin
    cp "$COWLAB_SOURCE/tests/fake-gunicorn" bin/gunicorn
    PATH=$BACK/bin:$PATH
    printf '%s\n' "$@" >faults
}

# Of these, those whose end the supervisor itself has to notice come first.
FAULTS=(worker-ends master-ends import never-begins loses-workers another-worker
    no-reply talks)

# Runs gunicorn with each fault, once for all tests, and leaves the results in
# the files $misbehaved/FAULT.
misbehave()
{
    local faults=("${FAULTS[@]}") i
    [ -z "${COWLAB_SANITIZED:-}" ] || faults=("${FAULTS[@]:0:2}")
    misbehaved=$BATS_FILE_TMPDIR/misbehaved
    fake_gunicorn "${faults[@]}"
    [ ! -e "$misbehaved" ] || return 0
    servers '[gunicorn]' 'timeout: 60' "invocations: ${#faults[@]}"
    run ./cowlab run fake.yaml
    [ "$status" -eq 2 ]
    nothing_left
    validate results/fake/*.json
    mkdir "$misbehaved"
    for i in "${!faults[@]}"; do
        cp results/fake/*-00$((i + 1)).json "$misbehaved/${faults[i]}"
    done
}

# fails FAULT REASON WORDS: the run is invalid for that reason, with the words
# in its detail
fails()
{
    misbehave
    jq -r '.reason, .detail' "$misbehaved/$1"
    jq -e --arg reason "$2" '.reason == $reason' "$misbehaved/$1"
    jq -r .detail "$misbehaved/$1" | grep -qE -- "$3"
}

@test "a server that cannot start is quoted" {
    without_c
    fails import refused \
        'while loading: .*exited with status [0-9]*: .*ModuleNotFoundError'
    jq -e '.output | test("Traceback")' "$misbehaved/import"
}

@test "a worker that never begins ends the invocation" {
    without_c
    fails never-begins fork-failed \
        'a worker \(pid [0-9]*\) ended while the server started|exited with|the server has [0-9] of 2 workers'
}

@test "workers that the server takes to be alive, and are not, are missed" {
    without_c
    fails loses-workers fork-failed \
        'the server has 0 of 2 workers, and no more in 10 s: |ended while the'
}

@test "a worker that the server replaces is noticed" {
    fails worker-ends worker-died \
        'worker [01] \(pid [0-9]*\) ended \(how, only its server knows\) while serving'
}

@test "a worker more than was asked for is noticed" {
    without_c
    fails another-worker refused \
        'the server forked another worker \(pid [0-9]*\)'
}

@test "a master that is killed is told as such" {
    fails master-ends refused "the server's master .* was killed by signal 9"
}

@test "a reply that is an error is quoted" {
    without_c
    fails no-reply refused '/request/[01]/[0-9]* .*HTTP status 500'
    jq -e '.output | test("no reply to this")' "$misbehaved/no-reply"
}

@test "what a server writes while it serves is kept, and a warning" {
    without_c
    misbehave
    jq -e '.status == "valid" and
        ([.warnings[].code] | contains(["subject-output"])) and
        (.output | test("^(a word beside the reply\n)+$"))' "$misbehaved/talks"
}

# part CASE of tests/server.py
part()
{
    without_c
    command -v python3 >/dev/null || skip "python3 is not installed"
    python3 "$COWLAB_SOURCE/tests/server.py" "$COWLAB_SOURCE" "$1"
}

@test "a master that is deaf to its signal is killed and told" { part deaf; }
@test "the last words of a server that ends at once" { part silent; }
@test "what a server writes is told while it serves" { part said; }
@test "a server listens on loopback, at a port of its own" { part places; }
@test "nginx is found where root alone looks, or told to be lacking" {
    part front
}
@test "the Python that runs gunicorn is found, or told to be unknown" {
    part pythons
}
@test "what workers tell with their replies is added up" { part tallies; }

@test "a port in use is another port" {
    without_c
    command -v ip >/dev/null || skip "ip is not installed (iproute2)"
    unshare -rn true || skip "no network namespace can be made"
    unshare -rn sh -c 'ip link set lo up && exec python3 "$1" "$2" "$3"' - \
        "$COWLAB_SOURCE/tests/server.py" "$COWLAB_SOURCE" port-in-use
}

# Starts a run of which the server pauses in a request, and waits until it does;
# its master is then $master, the supervisor $run.
pause()
{
    ./cowlab run fake.yaml >run.log 2>&1 3>&- &
    run=$!
    for _ in $(seq 600); do
        [ ! -s paused ] || break
        sleep 0.1
    done
    master=$(cat paused)
}

# The local addresses at which processes of this test listen.
listening()
{
    local pid
    for pid in $(processes_left | cut -d: -f1); do
        find "/proc/$pid/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null
    done | tr -dc '0-9\n' | sort -u | while read -r inode; do
        awk -v inode="$inode" '$4 == "0A" && $10 == inode { print $2 }' \
            /proc/net/tcp /proc/net/tcp6
    done
}

@test "nothing listens but on loopback; watch and blame see a server" {
    needs_nginx
    fake_gunicorn pause
    servers '[{name: gunicorn, front: nginx}]'
    pause
    [ "$(listening | wc -l)" -ge 2 ] # nginx and gunicorn
    [ -z "$(listening | grep -v '^0100007F:')" ]
    ./cowlab watch --json --samples 1 "$master" >watch.json
    [ "$(jq -s '.[-1].processes | length' watch.json)" -ge 3 ]
    run --separate-stderr ./cowlab blame --json --for 200ms "$master"
    [ "$status" -eq 0 ]
    # Ctrl-C twice: at once
    kill -INT "$run"
    until grep -q 'Ctrl-C again stops now' run.log; do sleep 0.1; done
    kill -INT "$run"
    status=0
    wait "$run" || status=$?
    [ "$status" -eq 4 ]
    nothing_left
}

@test "no process of a server outlives a supervisor that is killed" {
    fake_gunicorn pause
    servers '[gunicorn]'
    pause
    kill -KILL "$run"
    wait "$run" || true
    nothing_left 100
}

@test "no worker of a server is told to collect" {
    needs uwsgi
    servers '[uwsgi]' 'collections-first: 1'
    run ./cowlab run fake.yaml
    [ "$status" -eq 1 ]
    [[ $output == *"no worker of uWSGI can be told to collect"* ]]
}

@test "server.py alone says what it is for" {
    without_c
    run env -u COWLAB_SOCKET python3 "$COWLAB_SOURCE/subjects/server.py" uwsgi
    [ "$status" -eq 1 ]
    [[ $output == *"cowlab starts this program"* ]]
    run python3 "$COWLAB_SOURCE/subjects/server.py" apache
    [ "$status" -eq 1 ]
    [[ $output == *"gunicorn, puma, unicorn, uwsgi"* ]]
}

@test "a workload with a memory of its own is none of a server's" {
    without_c
    needs uwsgi
    run described uwsgi
    [[ $output == *$'\nworkload\tread-mostly\t'* ]]
    [[ $output != *session-cache* ]]
    [[ $output == *$'\non-behalf-of\tuWSGI\n'* ]]
    [[ $output == *$'\npart\tpython.py\n'* ]]
}

@test "a server that is not installed is missing, with its package" {
    without_c
    run env PATH=/nonexistent /usr/bin/python3 \
        "$COWLAB_SOURCE/subjects/server.py" uwsgi --describe
    [ "$status" -eq 0 ]
    [[ $output == *$'missing\tuwsgi is not installed (Debian package uwsgi-core)' ]]
}

# small EXPERIMENT [CHANGE...]: runs one that ships, a few requests of it
small()
{
    local name=$1 change changes=()
    shift
    for change in invocations=1 bursts=2 requests-per-burst=8 'sample=[]' \
        'workload=[{name: largeobject, list-count: 40, string-count: 600}]' \
        "$@"; do
        changes+=(--set "$change")
    done
    ./cowlab run "$COWLAB_SOURCE/experiments/$name.yaml" --results results \
        --quiet "${changes[@]}"
}

@test "paper-2018-real: the study's server, small" {
    without_c
    needs uwsgi
    needs_nginx
    run --separate-stderr small paper-2018-real
    [ "$status" -eq 0 ]
    nothing_left
    [ "$(jq -s 'map(select(.status == "valid")) | length' results/*.json)" -eq 3 ]
    command -v gnuplot >/dev/null || return 0
    ./cowlab plot results >/dev/null
    [ -s results/figures/erosion.svg ]
}

@test "servers: all of them, small" {
    without_c
    needs gunicorn puma unicorn uwsgi
    needs_nginx
    # One with Django and one with Rack are enough for the open loop.
    run --separate-stderr small servers 'workers=[1]' \
        'exclude=["subject=gunicorn|unicorn,arrivals=poisson"]'
    [ "$status" -eq 0 ]
    nothing_left
    well 16 results/*.json
    jq -es '[.[].workers[].reply_checksum] | unique | length == 1' results/*.json
    jq -es 'map(select(.status == "valid") | .cell) | length == 7 and
        (map(select(.arrivals != "closed").subject.name) | sort ==
            ["puma", "uwsgi"])' results/*.json
}
