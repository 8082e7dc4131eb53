#!/usr/bin/env bats
# `cowlab watch` on a server whose pages are known by construction.

bats_require_minimum_version 1.5.0
load prefork

PAGES=2048

setup()
{
    cowlab=$COWLAB_BUILD/cowlab
    work=$(mktemp -d)
    watcher=
}

teardown()
{
    [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
    end_family
    rm -rf "$work"
}

# start_watch ARGUMENT...: goes on in the background, into $work/looks.
start_watch()
{
    : >"$work/looks"
    "$cowlab" watch --json --duty 100 --interval 50ms "$@" "$template" \
        >"$work/looks" 2>"$work/talk" 3>&- &
    watcher=$!
    await_looks 1
}

# Waits until so many looks have been taken in all.
await_looks()
{
    for _ in {1..200}; do
        [ "$(wc -l <"$work/looks")" -lt "$1" ] || return 0
        sleep 0.05
    done
    cat "$work/looks" "$work/talk"
    return 1
}

# Two looks from now: the second began after the call.
await_new_look()
{
    await_looks $(($(wc -l <"$work/looks") + 2))
}

validate()
{
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/watch.json" "$@"
}

# of_look FIRST|LAST JQ-EXPRESSION, which knows $w0, $w1 and $w2, the processes
# of the workers.
of_look()
{
    local which=-1
    [ "$1" = last ] || which=0
    jq -es ".[$which]"' |
        def of($pid): .processes[] | select(.pid == $pid);
        of('"${worker[0]}"') as $w0 | of('"${worker[1]}"') as $w1 |
        of('"${worker[2]}"') as $w2 | .processes[0] as $server |
        '"$2" <(grep '}$' "$work/looks")
}

holds()
{
    of_look last "$1" >/dev/null || { echo "not so: $1"; of_look last .; false; }
}

# Of the processes of the last look.
holds_of_all()
{
    grep '}$' "$work/looks" | jq -es ".[-1].processes | $1" >/dev/null
}

await_end()
{
    local status=0
    timeout 10 tail --pid="$watcher" -f /dev/null
    wait "$watcher" || status=$?
    watcher=
    [ "$status" -eq "$1" ] || { echo "status $status"; cat "$work/talk"; false; }
}

@test "watch: broken, new and shared pages are those of the construction" {
    start_family
    start_watch
    holds '$w0.older and $w0.forked and $w0.pages.gone == null'
    for quantity in broken new shared inherited; do
        declare "$quantity=$(of_look last "\$w0.pages.$quantity")"
    done
    local others=("$(of_look last '$w1.pages.broken')"
        "$(of_look last '$w2.pages.broken')")
    family_does break 0 100
    family_does fresh 0 37
    await_new_look
    holds "\$w0.pages.broken == $broken + 100"
    holds "\$w0.pages.new == $new + 37"
    holds "\$w0.pages.shared == $shared - 100"
    holds "\$w0.pages.inherited == $inherited"
    holds '$w0.pages | .shared + .broken + .swapped == .inherited'
    holds '$w0.pages.inherited > '$PAGES
    holds '$w0 | .erosion == .pages.broken / .pages.inherited'
    holds '.all | .erosion == .broken_pages / .inherited_pages'
    # The others waited and wrote nothing.
    holds "\$w1.pages.broken == ${others[0]} and \$w2.pages.broken == ${others[1]}"
}

@test "watch: what was broken before it came is told from what was not" {
    start_family
    family_does break 1 300
    start_watch
    holds '$w1.pages.broken == $w0.pages.broken + 300'
    holds '$w1.pages.shared == $w0.pages.shared - 300'
}

@test "watch: the sums count no page twice" {
    start_family
    family_does break 0 200
    start_watch
    await_new_look
    holds '.all.pss_bytes == ([.processes[].pss_bytes] | add)'
    holds '.all.uss_bytes == ([.processes[].uss_bytes] | add)'
    holds '.all.broken_pages == ([.processes[1:][].pages.broken] | add)'
    # The area is there once, and 200 pages of it twice; what else a process
    # has is no larger than the server without the area.
    holds ".all.pss_bytes - 4096 * ($PAGES + 200) <
        4 * (.processes[0].rss_bytes - 4096 * $PAGES)"
    holds "([.processes[].rss_bytes] | add) > 4 * 4096 * $PAGES"
}

@test "watch: a page that was unmapped is inherited no more" {
    start_family
    start_watch
    local before
    before=$(of_look last '$w2.pages.inherited')
    family_does discard 2 64
    await_new_look
    holds "\$w2.pages.inherited == $before - 64"
}

@test "watch: rates are of the time between two looks" {
    start_family
    start_watch
    holds '$w0.faults_per_second == null or $w0.faults_per_second == 0'
    family_does break 0 1000
    await_new_look
    # Summed over the looks, rate times time is what was broken.
    python3 - "$work/looks" "${worker[0]}" <<'END'
import json, sys
looks = [json.loads(line) for line in open(sys.argv[1]) if line[-2:] == "}\n"]
worker = [next(p for p in look["processes"] if p["pid"] == int(sys.argv[2]))
          for look in looks]
broken = faults = 0
for i in range(1, len(looks)):
    seconds = (worker[i]["t_ns"] - worker[i - 1]["t_ns"]) / 1e9
    broken += worker[i]["broken_bytes_per_second"] * seconds / 4096
    faults += worker[i]["faults_per_second"] * seconds
assert abs(broken - 1000) < 0.01, broken
assert abs(faults + worker[0]["minor_faults"] + worker[0]["major_faults"] -
           worker[-1]["minor_faults"] - worker[-1]["major_faults"]) < 0.01
assert 999.99 < faults < 1100, faults
END
}

@test "watch: workers that end are named, the others go on" {
    start_family
    start_watch
    family_does end 1
    await_new_look
    jq -es '[.[].ended[]] == ['"${worker[1]}"']' <(grep '}$' "$work/looks")
    jq -es '.[-1].processes | length == 3' <(grep '}$' "$work/looks")
}

@test "watch: ends with status 0 when the server does" {
    start_family
    start_watch --for 60s
    family_does kill || true
    await_end 0
    grep -q "the server (pid $template) has ended" "$work/talk"
}

@test "watch: a signal is its end, too early if a limit was given" {
    local signal
    start_family
    for signal in INT TERM HUP; do
        start_watch
        # A shell's background process ignores SIGINT unless it asks for it.
        kill -s "$signal" "$watcher"
        await_end 0
    done
    start_watch --for 60s
    kill -s TERM "$watcher"
    await_end 4
    jq -es 'length > 0' "$work/looks"
}

@test "watch: a signal is its end also where one look follows the other" {
    PAGES=16384
    start_family
    start_watch --interval 1ms
    kill -s TERM "$watcher"
    await_end 0
}

@test "watch: a reader that leaves ends it" {
    start_family
    run bash -c '"$1" watch --interval 1h "$2" 3>&- | sed 3q; echo "${PIPESTATUS[0]}"' \
        - "$cowlab" "$template"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = 0 ]
    [[ ${lines[0]} == *"(pid $template): 3 processes below it, look 1;"* ]]
}

@test "watch: --samples and --for end it" {
    start_family
    run --separate-stderr "$cowlab" watch --json --interval 10ms --duty 100 \
        --samples 3 "$template"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    [ -z "$stderr" ]
    run --separate-stderr "$cowlab" watch --json --interval 10ms --duty 100 \
        --for 300ms "$template"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -gt 1 ]
}

@test "watch: the interval is stretched so that looking keeps to its duty" {
    PAGES=16384
    start_family
    run --separate-stderr "$cowlab" watch --json --interval 1ms --duty 10 \
        --for 2s "$template"
    [ "$status" -eq 0 ]
    jq -es 'all(.next_ns >= .cost_ns * 10 or .next_ns * 1.001 > .cost_ns * 10)' \
        <<<"$output"
    jq -es '(.[0].duty == null) and (.[1:] | length > 0 and
        all(.duty > 0 and .duty <= 0.1))' <<<"$output"
    # What it says of its pace is what it did.
    jq -es '. as $looks | [range(1; length) |
        $looks[.].t_ns - $looks[. - 1].t_ns >= $looks[. - 1].next_ns * 0.99] |
        all' <<<"$output"
}

@test "watch: the table has a line for each process and one for all" {
    start_family
    run --separate-stderr "$cowlab" watch --interval 10ms --duty 100 \
        --samples 2 "$template"
    [ "$status" -eq 0 ]
    [ "$(grep -cE "^  ~  (${worker[0]}|${worker[1]}|${worker[2]})  $template " \
        <<<"$output")" -eq 6 ]
    [ "$(grep -cE '^ +all ' <<<"$output")" -eq 2 ]
    [ "$(grep -c '^~ older than this watch' <<<"$output")" -eq 1 ]
    [ "$(grep -c '^+ was seen for the first time' <<<"$output")" -eq 1 ]
    if grep -q $'\033' <<<"$output"; then false; fi
}

@test "watch: on a terminal the table is drawn in place and fits" {
    script -qec true /dev/null >/dev/null 2>&1 || skip "no terminal to be had"
    start_family
    run script -qec "stty rows 6 cols 40; TERM=xterm '$cowlab' watch \
        --interval 10ms --duty 100 --samples 2 $template" /dev/null
    [ "$status" -eq 0 ]
    [ "$(grep -c $'\033\[H\033\[2J' <<<"$output")" -eq 2 ]
    grep -q 'more lines' <<<"$output"
    [ "$(tr -d '\r' <<<"$output" | sed 's/\x1b\[[0-9]*[HJ]//g' |
        awk '{ if (length > most) most = length } END { print most }')" -le 40 ]
}

@test "watch: what was forked while it looked, below a process in between" {
    cat >"$work/server.py" <<'END'
import os, sys, time
grown = bytearray(os.urandom(1 << 20))
sys.stdin.readline()
middle = os.fork()
if middle == 0:
    for _ in range(2):
        if os.fork() == 0:
            time.sleep(60)
    time.sleep(60)
if os.fork() == 0:
    os.execvp("sleep", ["sleep", "60"])
print(middle, flush=True)
time.sleep(60)
END
    coproc family { exec python3 "$work/server.py" 3>&-; }
    template=$family_PID
    start_watch
    echo >&"${family[1]}"
    local middle
    read -r -t 10 middle <&"${family[0]}"
    for _ in {1..50}; do
        await_new_look
        if holds_of_all 'length == 5 and any(.command == "sleep")'; then
            break
        fi
    done
    grep '}$' "$work/looks" | jq -es --argjson middle "$middle" '
        .[-1].processes | length == 5 and
        ([.[] | select(.parent == $middle and .forked and (.older | not) and
            .pages.inherited > 256 and .pages.shared > 256)] | length == 2)'
    grep '}$' "$work/looks" | jq -es '.[-1].processes[] |
        select(.command == "sleep") | (.forked | not) and
        .pages.inherited == 0 and .pages.broken == 0 and .pages.new > 0'
    kill "$watcher"
    await_end 0
    pkill -P "$middle"
    pkill -P "$template"
    kill "$template"
    family_PID=
}

@test "watch: a worker whose parent leaves is watched on" {
    cat >"$work/server.py" <<'END'
import os, sys, time
pages = bytearray(b"x") * (1 << 21)
told, telling = os.pipe()
middle = os.fork()
if middle == 0:
    worker = os.fork()
    if worker == 0:
        sys.stdin.readline()
        for i in range(0, len(pages), 4096):
            pages[i] = 1
        os.write(telling, b"broken")
        sys.stdin.readline()
        os._exit(0)
    print(worker)
    time.sleep(60)
os.waitpid(middle, 0)
os.close(telling)
print("left")
print(os.read(told, 6).decode())
os.read(told, 1)
END
    coproc family { exec python3 -u "$work/server.py" 3>&-; }
    template=$family_PID
    local adopted word
    read -r -t 10 adopted <&"${family[0]}"
    start_watch
    holds_of_all 'length == 3'
    kill "$(pgrep -P "$template")"
    read -r -t 10 word <&"${family[0]}"
    echo >&"${family[1]}"
    read -r -t 10 word <&"${family[0]}"
    await_new_look
    kill "$watcher"
    await_end 0
    end_family
    [ "$word" = broken ]
    grep '}$' "$work/looks" | jq -es --argjson adopted "$adopted" '
        (all(.ended | index($adopted) == null)) and
        (.[-1].processes | length == 2 and (.[1] | .pid == $adopted and
            .forked and .pages.broken >= 512))'
}

@test "watch: its JSON is as the schema says" {
    /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
        skip "python3-jsonschema is not installed"
    cat >"$work/server.py" <<'END'
import os, sys
sys.stdin.readline()
for program in [], ["sleep", "60"]:
    if os.fork() == 0:
        if program:
            os.execvp(program[0], program)
        sys.stdin.readline()
        os._exit(0)
print("forked", flush=True)
sys.stdin.readline()
END
    coproc family { exec python3 "$work/server.py" 3>&-; }
    template=$family_PID
    start_watch
    echo >&"${family[1]}"
    local word
    read -r -t 10 word <&"${family[0]}"
    for _ in {1..50}; do
        await_new_look
        if holds_of_all 'any(.command == "sleep")'; then
            break
        fi
    done
    local sleeper
    sleeper=$(grep '}$' "$work/looks" | jq -es '.[-1].processes[] |
        select(.command == "sleep").pid')
    kill "$sleeper" "$watcher"
    await_end 0
    validate "$work/looks"
}

@test "watch: a worker that may not be read is said to be so" {
    /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
        skip "python3-jsonschema is not installed"
    [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    "${as[@]}" test -x "$cowlab" || skip "nobody cannot reach the build directory"
    # A process that is not dumpable is root's to read.
    coproc family {
        exec "${as[@]}" /usr/bin/python3 -c 'if True:
            import ctypes, os, sys
            if os.fork() == 0:
                ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
                print("hidden", flush=True)
            sys.stdin.readline()' 3>&-
    }
    template=$family_PID
    local word
    read -r -t 10 word <&"${family[0]}"
    "${as[@]}" "$cowlab" watch --json --samples 1 "$template" >"$work/looks"
    jq -e '.all.unreadable == 1 and .processes[1].pages == null and
        .processes[1].pages_why == "Permission denied"' "$work/looks"
    validate "$work/looks"
}

# A look often meets a program that is just giving way to the next.
@test "watch: a server that begins one program after the other has not ended" {
    cat >"$work/again" <<'END'
#!/bin/sh
[ "$1" -gt 0 ] || { echo last; exec sleep 60; }
exec "$0" $(($1 - 1))
END
    chmod +x "$work/again"
    coproc family { exec "$work/again" 1000 3>&-; }
    template=$family_PID
    "$cowlab" watch --json --duty 100 --interval 1ms "$template" \
        >"$work/looks" 2>"$work/talk" 3>&- &
    watcher=$!
    local word
    read -r -t 60 word <&"${family[0]}"
    [ "$word" = last ]
    await_new_look
    grep '}$' "$work/looks" | jq -es 'all(.ended == []) and
        all(.processes | length == 1) and
        any(.[1:][].processes[0]; .faults_per_second == null)'
    kill "$watcher"
    await_end 0
    kill "$template"
    family_PID=
}

@test "watch: an ordinary user's own processes, nobody else's" {
    [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chmod 755 "$work"
    "${as[@]}" test -x "$COWLAB_BUILD/tests/prefork" ||
        skip "nobody cannot reach the build directory"
    start_family "${as[@]}"
    family_does break 0 100
    run --separate-stderr "${as[@]}" "$cowlab" watch --json --samples 1 \
        "$template"
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
    jq -e '.processes[0].pages.written == null and
        (.processes[0].pages.written_why | contains("CAP_SYS_ADMIN"))' \
        <<<"$output"
    jq -e '.processes | [.[1:][].pages.broken] | sort | .[2] == .[0] + 100' \
        <<<"$output"
    run --separate-stderr "${as[@]}" "$cowlab" watch --samples 1 $$
    [ "$status" -eq 3 ]
    [[ $stderr == "cowlab: process $$ may not be read: Permission denied; run as its user or as root" ]]
}

@test "watch: the example of --help runs" {
    run "$cowlab" watch --help
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == "Example: cowlab watch "* ]]
    run --separate-stderr bash -c \
        "${lines[-1]/#Example: cowlab/\"\$1\"} --interval 10ms --duty 100" \
        - "$cowlab"
    [ "$status" -eq 0 ]
    [ "$(grep -c 'look [12]' <<<"$output")" -eq 2 ]
}

@test "watch: refusals name the word and the range" {
    run "$cowlab" watch
    [ "$status" -eq 1 ]
    [[ $output == *"which process? Give its pid"* ]]
    run "$cowlab" watch x
    [ "$status" -eq 1 ]
    [[ $output == *"PID: 'x' is not a number from 1 to"* ]]
    run "$cowlab" watch 1 2
    [ "$status" -eq 1 ]
    run "$cowlab" watch --interval never 1
    [ "$status" -eq 1 ]
    [[ $output == *"--interval: 'never' is no length of time"* ]]
    run "$cowlab" watch --duty 0 1
    [ "$status" -eq 1 ]
    [[ $output == *"--duty: '0' is not from 0.01 to 100 percent"* ]]
    run "$cowlab" watch --samples 0 1
    [ "$status" -eq 1 ]
    run "$cowlab" watch 2147483647
    [ "$status" -eq 3 ]
    [ "$output" = "cowlab: there is no process 2147483647" ]
}
