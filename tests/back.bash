# back.bash: a cowlab whose collectors are two copies of tests/fake-subject,
# which misbehave as FAKE_FAULT says.  For bats tests: `load back`, then
# set_up_back and tear_down_back.

set_up_back()
{
    BACK=$(mktemp -d)
    GROUPS_BEFORE=$(groups_left)
    mkdir "$BACK/collectors"
    cp "$COWLAB_BUILD/cowlab" "$BACK/cowlab"
    cp "$COWLAB_SOURCE/tests/fake-subject" "$BACK/collectors/fake-a"
    cp "$COWLAB_SOURCE/tests/fake-subject" "$BACK/collectors/fake-b"
    cd "$BACK"
}

tear_down_back()
{
    cd /
    rm -rf "$BACK"
}

# experiment LINE...: writes fake.yaml of one cell and one invocation; each
# line given goes before the matrix.  SUBJECTS, SLEEP and
# BURSTS may be set.
experiment()
{
    {
        echo 'experiment: fake'
        printf '%s\n' "bursts: ${BURSTS:-2}" 'requests-per-burst: 4' "$@"
        echo 'matrix:'
        echo "  subject: [${SUBJECTS:-fake-a}]"
        echo "  workload: [{name: pages, sleep: ${SLEEP:-0}}]"
        echo '  workers: [2]'
    } >fake.yaml
}

# The pids of processes that run a subject of this test.
subjects_alive()
{
    pgrep -f "$BACK/collectors/fake-" || true
}

# Waits for the template and both workers; a subject that describes itself has a
# word more.
await_workers()
{
    until [ "$(pgrep -cf "$BACK/collectors/fake-[ab]\$")" -ge 3 ]; do
        sleep 0.05
    done
}

# Processes that were started in this test's directory and are not its shells,
# whatever they are called and whoever their parent is.
processes_left()
{
    local cwd process
    while read -r cwd; do
        process=${cwd%/cwd}
        [[ ! -e $process || $(readlink "$process/exe") == */bash ]] ||
            echo "${process#/proc/}: $(tr '\0' ' ' <"$process/cmdline")"
    done < <(cd / && find /proc/[0-9]*/cwd -maxdepth 0 -lname "$BACK" \
        2>/dev/null)
}

# Sockets of supervisors that are no more: their names hold the pid.  Other runs
# may end meanwhile.
sockets_left()
{
    local name pid
    while read -r name; do
        pid=${name#@cowlab.}
        [ -e "/proc/${pid%%.*}" ] || grep -o "$name" /proc/net/unix
    done < <(grep -o '@cowlab\.[0-9]*\.[0-9a-f]*' /proc/net/unix)
}

# Control groups of supervisors that are no more: their names hold the pid.
groups_left()
{
    local directory pid
    while read -r directory; do
        pid=${directory##*/cowlab-}
        [ -e "/proc/${pid%%-*}" ] || echo "$directory"
    done < <(find /sys/fs/cgroup -type d -name 'cowlab-*-*' 2>/dev/null)
}

# What a run may leave behind is results, and nothing else.
left_behind()
{
    # Whoever sets no limit leaves no group, and those of the tests beside it are
    # none of its business; what was left before is nobody's here.
    [ -z "${SETS_LIMITS:-}" ] || groups_left | grep -vxF "$GROUPS_BEFORE"
    processes_left
    sockets_left
    grep -F "$BACK" /proc/swaps
    find "$BACK" -name '.*.json*'
}

# nothing_left [TENTHS]: at once, or as soon as what is being killed is gone.
# shellcheck disable=SC2120 # other files give the time
nothing_left()
{
    for _ in $(seq "${1:-1}"); do
        [ -n "$(left_behind)" ] || return 0
        sleep 0.1
    done
    left_behind || true # all of it, whatever is not there
    return 1
}

# key_of FILE KEY: the value of a key at the top of a result.
key_of()
{
    jq -r ".$2" "$1"
}

validate()
{
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/result.json" "$@"
}

# expect_invalid FAULT REASON WORDS: a run with that fault ends with exit status
# 2 and a whole result that gives the reason, the words in its detail, and no
# process behind it.  A subject that stalls has three seconds, which is enough for
# one that does not, on a machine that is busy.
expect_invalid()
{
    local result patience=60
    [ "$2" != stalled ] || patience=3
    [ -e fake.yaml ] || experiment "timeout: $patience"
    FAKE_FAULT=$1 run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 2 ] || { echo "status $status: $stderr"; return 1; }
    result=$(echo results/fake/*.json)
    validate "$result"
    [ "$(key_of "$result" status)" = invalid ]
    [ "$(key_of "$result" reason)" = "$2" ] || { cat "$result"; return 1; }
    grep -qF "$3" <<<"$(key_of "$result" detail)" || {
        key_of "$result" detail
        return 1
    }
    nothing_left
    grep -qE '1/1$' <<<"$output"
}

has_terminal()
{
    script -qec true /dev/null >/dev/null 2>&1
}
