#!/usr/bin/env bats
# `cowlab blame` on a server whose writes are known by construction.

bats_require_minimum_version 1.5.0
load prefork

PAGES=64
AS_NOBODY=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

setup()
{
    cowlab=$COWLAB_BUILD/cowlab
    work=$(mktemp -d)
    report=$work/report
    blame=
}

teardown()
{
    [ -z "$blame" ] || kill "$blame" 2>/dev/null || true
    end_family
    rm -rf "$work"
}

# start_blame [COMMAND...] -- PID [ARGUMENT...]: starts blame, by way of the
# command, and waits until it watches.
start_blame()
{
    local by=()
    while [ "$1" != -- ]; do
        by+=("$1")
        shift
    done
    shift
    : >"$work/talk" # of an earlier start
    "${by[@]}" "$cowlab" blame "$@" >"$report" 2>>"$work/talk" 3>&- &
    blame=$!
    until grep -q '^watching' "$work/talk"; do
        kill -0 "$blame" 2>/dev/null || { cat "$work/talk"; return 1; }
        sleep 0.02
    done
    [ "${by[0]:-}" = without_faults ] ||
        ! grep -q 'cannot be watched' "$work/talk" ||
        skip "$(head -n 1 "$work/talk")"
}

await_end()
{
    local status=0
    wait "$blame" || status=$?
    blame=
    [ "$status" -eq 0 ] || { cat "$work/talk"; return 1; }
}

# Ends it as Ctrl-C does.
stop_blame()
{
    kill -INT "$blame"
    await_end
}

# says JQ-EXPRESSION: true of the report, where area is the row of the mapping
# that the area is, and of(PID) that of a process.
says()
{
    jq -e "def of(\$pid): .processes[] | select(.pid == \$pid);
        def area: [.mappings[] | select(.end - .start == $PAGES * 4096)] |
            .[0] // {broken: 0, new: 0};
        $1" "$report" >/dev/null || {
        echo "not so: $1"
        cat "$report"
        return 1
    }
}

# Holds the report against its schema.
validate()
{
    /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
        skip "python3-jsonschema is not installed"
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/blame.json" "$report"
}

@test "blame: pages broken by workers are counted once" {
    start_family
    start_blame -- "$template" --json
    family_does break 0 10
    family_does break 0 10
    family_does break 1 "$PAGES"
    stop_blame
    says "area.broken == 10 + $PAGES and area.new == 0"
    says '.faults.lost == 0 and .faults.counted == .faults.delivered'
    says '.total.writer_not_seen.copied == 0 and .total.unverified == 0'
    says '.until == "interrupted"'
    # A worker breaks some of its stack and of libc, too.
    says "of(${worker[0]}).broken | . >= 10 and . < 10 + 30"
    says "of(${worker[2]}).broken == 0 and (of(${worker[2]}).ended | not)"
    says ".processes[0].pid == $template and .pid == $template"
    # The rows of all tables add up to the same.
    says '.total.broken == ([.processes[].broken] | add)'
    says '.total.broken == ([.functions[].broken] | add)'
    says '.total.broken == ([.mappings[].broken] | add)'
    says '.functions[0] | .in_kernel == false and .offset > 0 and
        (.object | endswith("prefork"))'
}

@test "blame: the function that wrote is named" {
    start_family
    start_blame -- "$template" --json
    family_does break 0 "$PAGES"
    stop_blame
    if grep -q '"names_from": "none' "$report"; then
        skip "cowlab was built without libdw"
    fi
    says '.functions[0].names == ["write_pages"]'
    says ".functions[0].broken == $PAGES"
    says '.functions[0].file | endswith("tests/prefork.c")'
    says '.functions[0].caller == null'
}

@test "blame: whoever had libc or the kernel write is named" {
    start_family
    start_blame -- "$template"
    family_does set 0 20
    family_does fill 1 12
    stop_blame
    if grep -q 'names from none' "$report"; then
        skip "cowlab was built without libdw"
    fi
    [ "$(uname -m)" = x86_64 ] || skip "return addresses are not on the stack"
    grep -qE '^ +20 +[0-9.]+ +0 +memset in set_pages +tests/prefork.c:[0-9]+ +prefork$' \
        "$report"
    # A sanitizer calls read(2) in its own way.
    grep -q 'user mode only' "$report" ||
        grep -qa __asan_init "$COWLAB_BUILD/tests/prefork" ||
        grep -qE '^ +12 +[0-9.]+ +0 +the kernel for [a-zA-Z_]*read in fill_pages +tests/prefork.c:' \
            "$report"
}

@test "blame: without symbols the file and the offset in it are told" {
    [ "$(uname -m)" = x86_64 ] || skip "return addresses are not on the stack"
    strip -s -o "$work/prefork" "$COWLAB_BUILD/tests/prefork"
    PREFORK=$work/prefork start_family
    start_blame -- "$template"
    family_does break 0 10
    family_does set 1 20
    stop_blame
    cat "$report"
    if grep -q 'names from none' "$report"; then
        skip "cowlab was built without libdw"
    fi
    local at='prefork\+0x[0-9a-f]+'
    grep -qE "^ +10 +[0-9.]+ +0 +\? +$at +prefork$" "$report"
    grep -qE "^ +20 +[0-9.]+ +0 +memset in ($at) +\1 +prefork$" "$report"
    grep -qE '^  - the functions that broke [3-9][0-9] pages: symbols are stripped' \
        "$report"
}

@test "blame: a server that starts, and forks, while it is watched" {
    mkfifo "$work/go"
    start_server bash -c 'read -r _ <"$0"; exec "$@"' "$work/go"
    server=$family_PID
    start_blame -- "$server" --json
    echo >"$work/go"
    read_family
    family_does break 0 20
    family_does end 1
    stop_blame
    says 'area.broken == 20'
    # The template wrote them all first.
    says "area.new == $PAGES"
    says '.processes | length == 5'
    says "of(${worker[0]}) | .forked_meanwhile and .broken >= 20"
    says "of(${worker[0]}).parent == $template"
    says "of(${worker[1]}) | .ended and .writer_not_seen == null"
    says 'any(.not_seen[]; test("1 process that ended"))'
}

@test "blame: a child in its parent's memory shares nothing with it" {
    start_family
    start_blame -- "$template" --json
    family_does break 0 "$PAGES"
    family_does spawn 0
    family_does lend 1 20
    stop_blame
    # As much as of the worker that is idle, but for a page or two of the stack.
    says "of(${worker[0]}).shared - of(${worker[2]}).shared < $PAGES / 2"
    says '[.processes[] | select(.forked_meanwhile)] |
        length == 2 and all(.shared == 0 and .broken == 0)'
    says "area.broken == $PAGES + 20 and of(${worker[1]}).broken >= 20"
}

@test "blame: children are told apart where the kernel compares nothing" {
    start_family
    # shellcheck disable=SC2016
    start_blame bash -c 'exec "$0" EPERM kcmp -- "$@"' \
        "$COWLAB_BUILD/tests/refuse" -- "$template" --json
    family_does make 0 500
    family_does bear 0
    family_does spawn 1
    stop_blame
    says "of(${worker[1]}).shared - of(${worker[2]}).shared < $PAGES / 2"
    says '[.processes[] | select(.forked_meanwhile)] | length == 2 and
        .[0].broken >= 500 and .[1].shared == 0'
}

@test "blame: pages that came without a fault each are inherited as well" {
    start_family
    start_blame -- "$template" --json
    family_does make 0 500
    family_does bear 0
    family_does make 1 300
    stop_blame
    says '[.processes[] | select(.forked_meanwhile)] | length == 1 and
        all(.broken >= 500 and .shared >= 500 and .new < 100)'
    # Nobody else had those of the other worker.
    says "of(${worker[1]}) | .writer_not_seen.new >= 300 and .new < 100"
    says "of(${worker[0]}).writer_not_seen.new < 100"
    says 'any(.not_seen[]; test("MAP_POPULATE"))'
}

@test "blame: a heap that grows is one mapping" {
    start_family
    start_blame -- "$template" --json
    for _ in 1 2 3; do
        family_does grow 0 50
        sleep 0.1 # until its pages are taken
    done
    stop_blame
    says '[.mappings[] | select(.name == "[heap]")] |
        length == 1 and .[0].new >= 150'
}

@test "blame: what the template writes is broken, too, if it is shared" {
    start_family
    start_blame -- "$template" --json
    family_does write 5
    stop_blame
    says "area.broken == 5 and of($template).broken >= 5"
}

# The template takes copies, and two of three workers leave the pages.
leave_to_last()
{
    family_does write "$PAGES"
    family_does end 1
    family_does end 2
    family_does break 0 "$PAGES"
}

@test "blame: what the last that has a page writes is not copied" {
    [ "$EUID" -eq 0 ] || skip "only root sees the frames that tell"
    start_family
    start_blame -- "$template" --json
    leave_to_last
    stop_blame
    # The kernel copies a few all the same, if it has not put them by yet.
    says "of(${worker[0]}).written_in_place > $PAGES / 4"
    says "area.broken < 2 * $PAGES - $PAGES / 4"
    says '.total.broken == ([.functions[].broken] | add)'
}

@test "blame: without frames it is not known what was copied" {
    [ "$EUID" -eq 0 ] || skip "only root can become another user"
    chmod 755 "$work"
    cp "$cowlab" "$COWLAB_BUILD/tests/prefork" "$work"
    cowlab=$work/cowlab
    PREFORK=$work/prefork start_family "${AS_NOBODY[@]}"
    start_blame "${AS_NOBODY[@]}" -- "$template" --json
    leave_to_last
    stop_blame
    says "area.broken == 2 * $PAGES and .total.written_in_place == 0"
    says ".total.copy_not_known >= 2 * $PAGES"
    says 'any(.not_seen[]; test("copied.*for root to see"))'
}

@test "blame: phases are inferred from a runtime's functions, where it has names" {
    cp "$COWLAB_BUILD/tests/prefork" "$work/python-prefork"
    PREFORK=$work/python-prefork start_family
    start_blame -- "$template" --json
    family_does collect 0 40
    family_does break 1 10
    stop_blame
    if grep -q '"names_from": "none' "$report"; then
        skip "cowlab was built without libdw"
    fi
    says '[.inferred_phases[] | select(.phase == "collect").broken] == [40]'
    says '.functions[0] | .names == ["visit_decref"] and
        .inferred_phase == "collect" and .broken == 40'
    says '.functions[1] | .names == ["write_pages"] and .inferred_phase == null'
    says '.total.broken == ([.inferred_phases[].broken] | add)'
    says 'any(.not_seen[]; startswith("in which phases "))'
    validate
}

@test "blame: its JSON is as the schema says" {
    start_family
    start_blame -- "$template" --json
    family_does break 0 5
    family_does set 1 5
    family_does fill 2 5
    family_does end 2
    stop_blame
    validate
}

@test "blame: what the kernel writes for the program is seen, or missed" {
    start_family
    start_blame -- "$template" --json
    family_does fill 2 12
    stop_blame
    if [ "$(jq .faults.kernel_mode "$report")" = true ]; then
        says 'area.broken == 12'
        says '[.functions[] | select(.in_kernel) | .broken] | max == 12'
    else
        says 'area.broken == 0'
        says "of(${worker[2]}).writer_not_seen.copied_or_left_alone >= 12"
    fi
}

@test "blame: an ordinary user needs no rights for processes of their own" {
    [ "$EUID" -eq 0 ] || skip "only root can become another user"
    [ "$(</proc/sys/kernel/perf_event_paranoid)" -ge 2 ] ||
        skip "this kernel lets everyone count kernel mode"
    chmod 755 "$work"
    cp "$cowlab" "$COWLAB_BUILD/tests/prefork" "$work"
    cowlab=$work/cowlab
    PREFORK=$work/prefork start_family "${AS_NOBODY[@]}"
    start_blame "${AS_NOBODY[@]}" -- "$template" --json
    family_does break 0 20
    family_does fill 2 12
    stop_blame
    says 'area.broken == 20 and .faults.kernel_mode == false'
    says 'area.writer_not_seen == 12'
    says "of(${worker[2]}).writer_not_seen.copied_or_left_alone >= 12"
    says 'any(.not_seen[]; test("read.2.*perf_event_paranoid"))'
    says 'any(.not_seen[]; test("for root to see"))'
}

@test "blame: processes of others are refused" {
    [ "$EUID" -eq 0 ] || skip "only root can become another user"
    chmod 755 "$work"
    cp "$cowlab" "$work"
    start_family
    run "${AS_NOBODY[@]}" "$work/cowlab" blame "$template" --for 1s
    [ "$status" -eq 3 ]
    [ "$output" = "cowlab: process $template: Permission denied; blame needs the rights of its user, or root's" ]
}

# Whether perf_event_paranoid is for others: CAP_PERFMON or CAP_SYS_ADMIN, and no
# user namespace.
may_watch_all()
{
    local effective
    effective=0x$(awk '/^CapEff/ {print $2}' /proc/self/status)
    [ $((effective >> 38 & 1 | effective >> 21 & 1)) -eq 1 ] &&
        [ "$(tr -s ' ' </proc/self/uid_map)" = " 0 0 4294967295" ]
}

@test "blame: where page faults may not be watched it says why" {
    local refused='page faults cannot be watched: perf_event_open:'
    local filter='(a filter of system calls, or a kernel without perf)'
    local on='; going on with the pagemaps alone, without who wrote'
    start_family
    run --separate-stderr "$COWLAB_BUILD/tests/refuse" ENOSYS perf_event_open -- \
        "$cowlab" blame "$template" --for 1ms
    [ "$status" -eq 0 ]
    [ "${stderr_lines[0]}" = "$refused Function not implemented $filter$on" ]
    run --separate-stderr "$COWLAB_BUILD/tests/refuse" EPERM perf_event_open -- \
        "$cowlab" blame "$template" --for 1ms
    [ "$status" -eq 0 ]
    if may_watch_all; then
        [ "${stderr_lines[0]}" = "$refused Operation not permitted $filter$on" ]
    else
        [[ ${stderr_lines[0]} == "$refused Operation not permitted (kernel.perf_event_paranoid is "*"$on" ]]
    fi
}

without_faults()
{
    exec "$COWLAB_BUILD/tests/refuse" ENOSYS perf_event_open -- "$@"
}

@test "blame: without page faults the page tables tell what they can" {
    start_family
    start_blame without_faults -- "$template" --json
    family_does break 0 20
    family_does fill 2 12
    family_does make 1 300
    stop_blame
    validate
    says '.faults == null and (.faults_why | test("not implemented"))'
    says '.total.broken == 0 and .functions == []'
    says 'area | .writer_not_seen == 32 and .broken == 0'
    says "of(${worker[0]}).writer_not_seen | .copied + .copied_or_left_alone >= 20"
    says "of(${worker[1]}).writer_not_seen.new >= 300"
    says '.not_seen[0] | test("^who broke pages, .*Function not implemented")'
    says 'all(.not_seen[]; test("counted as new|only user mode") | not)'
    start_blame without_faults -- "$template"
    family_does break 0 30
    stop_blame
    cat "$report"
    grep -qx 'no page faults: /proc/PID/pagemap at the beginning and at the end' \
        "$report"
    grep -qE "^ +${worker[0]} +prefork +[0-9]+ +- +- +[1-9][0-9] +[0-9]+ +-$" "$report"
    grep -qE '^ +- +- +10 +- +anonymous ' "$report"
    ! grep -q 'writer seen' "$report"
}

@test "blame: where there are not descriptors enough it says so" {
    start_family
    start_blame -- "$template" --for 1ms # skips where it cannot watch at all
    await_end
    local most
    for most in {8..24}; do
        run prlimit --nofile="$most:$most" "$cowlab" blame "$template" \
            --for 1ms 3>&-
        # Some machines need so few for the events that this is enough.
        [ "$status" -ne 0 ] || break
        [ "$status" -eq 3 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ $output == "cowlab: "*'; raise `ulimit -n`' ]]
    done
    [ "$most" -gt 12 ]
}

# How many descriptors blame has, when it has nothing to do.
count_descriptors()
{
    local all
    sleep 0.2
    all=("/proc/$blame/fd/"*)
    echo "${#all[@]}"
}

# leave_descriptors COUNT: so many can be opened from now on.
leave_descriptors()
{
    local number=0 left=$1
    while [ "$left" -gt 0 ] || [ -e "/proc/$blame/fd/$number" ]; do
        [ -e "/proc/$blame/fd/$number" ] || left=$((left - 1))
        number=$((number + 1))
    done
    prlimit --pid "$blame" --nofile="$number:"
}

@test "blame: code that is made at run time takes no descriptors" {
    local before i
    start_family
    start_blame -- "$template" --json
    before=$(count_descriptors)
    for i in {1..10}; do
        family_does code 0 1
        family_does break 0 "$i"
        sleep 0.03
    done
    [ "$(count_descriptors)" -eq "$before" ]
    stop_blame
    says 'area.broken == 10'
}

@test "blame: whatever is loaded, descriptors suffice and names stay" {
    local before i
    start_family
    start_blame -- "$template" --json
    for i in {1..40}; do
        [ "$i" -ne 25 ] || before=$(count_descriptors)
        family_does load 0 "$i"
        family_does break 0 "$i"
        sleep 0.03
    done
    [ "$(count_descriptors)" -le $((before + 8)) ]
    stop_blame
    says 'area.broken == 40'
    grep -q '"names_from": "none' "$report" ||
        says '.functions[0] | .names == ["write_pages"] and .broken == 40'
}

@test "blame: what a want of descriptors hid is told as that" {
    local why='Too many open files; raise `ulimit -n`'
    mkfifo "$work/go"
    start_server bash -c 'read -r _ <"$0"; "$@"; :' "$work/go"
    start_blame -- "$family_PID"
    leave_descriptors 0
    echo >"$work/go"
    read_family
    family_does break 0 20
    stop_blame
    cat "$report"
    grep -qE '^ +of these not looked at again +[1-9]' "$report"
    grep -qE "^ +${worker[0]} .* not read again$" "$report"
    grep -qE "^  - new pages, .*: [4-9] pagemaps could not be opened: $why$" "$report"
    grep -qE "^  - what processes broke .*: [5-9] pagemaps could not be read at the end: $why$" "$report"
    grep -qE "^  - what was mapped anew: .*: $why$" "$report"
    ! grep -qE 'second look|has ended|processes that ended' "$report"
}

@test "blame: files of code that cannot be opened are not called stripped" {
    start_family
    start_blame -- "$template"
    leave_descriptors 1
    family_does load 1 3
    family_does set 1 20
    stop_blame
    if grep -q 'names from none' "$report"; then
        skip "cowlab was built without libdw"
    fi
    cat "$report"
    grep -qE '^  - the functions that broke [0-9]+ pages in files that could not be opened: Too many open files' \
        "$report"
    ! grep -q 'are stripped' "$report"
}

@test "blame: it ends when the server ends" {
    start_family
    start_blame -- "$template"
    family_does break 0 7
    family_does kill || true
    await_end
    grep -q 'until the server ended' "$report"
    grep -q 'has ended' "$report"
    grep -q '^  - in which phases [0-9]* pages broke: nothing is known' "$report"
    grep -qE '^ +7 +[0-9.]+ +0 +0 +anonymous ' "$report"
}

@test "blame: the example of --help runs, and prints tables" {
    local help example
    help=$("$cowlab" blame --help)
    read -ra example <<<"${help##*Example: cowlab }"
    [ "${example[*]}" = "blame 4711 --for 10s" ]
    start_family
    start_blame -- "$template" "${example[2]}" 1s
    family_does break 0 9
    await_end
    grep -q "^Process $template (prefork) and 3 forked by it, 1.[0-9] s, until the time was over$" "$report"
    grep -q ' minor faults by perf_event_open, .* 0 lost; names from ' "$report"
    grep -qE '^ +broken, writer seen +[0-9]+$' "$report"
    grep -qE "^ +${worker[0]} +prefork +[0-9]+ +[0-9]+ +[0-9.]+ +0 " "$report"
    grep -qE '^ +broken +% +new +function +' "$report"
    grep -qE '^ +9 +[0-9.]+ +0 +0 +anonymous ' "$report"
    grep -qE '^ +broken +% +new +phase, inferred from the function$' "$report"
    grep -qE '^ +[0-9]+ +[0-9.]+ +[0-9]+ +not inferred$' "$report"
    grep -q 'names from none' "$report" ||
        grep -qE '^ +9 +[0-9.]+ +0 +write_pages +' "$report"
}

@test "blame: what is no process is refused" {
    run "$cowlab" blame
    [ "$status" -eq 1 ]
    [[ $output == *"give the ID of the server's first process"* ]]
    run "$cowlab" blame nginx
    [ "$status" -eq 1 ]
    [[ $output == *"'nginx' is no process ID"* ]]
    run "$cowlab" blame 0
    [ "$status" -eq 1 ]
    run "$cowlab" blame $$ $$
    [ "$status" -eq 1 ]
    run "$cowlab" blame $$ --for soon
    [ "$status" -eq 1 ]
    [[ $output == *"'soon' is no length of time"* ]]
    run "$cowlab" blame 4194305
    [ "$status" -eq 3 ]
    [ "$output" = "cowlab: there is no process 4194305" ]
}

@test "blame: a thread of the kernel is refused" {
    [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ] ||
        skip "no kernel thread is visible here"
    run "$cowlab" blame 2
    [ "$status" -eq 3 ]
    [[ $output == *"process 2 has no memory of its own"* ]]
}
