#!/usr/bin/env bats
# `cowlab blame` where it is refused something, rights, page faults, descriptors
# or names: it tells what it can, and says what it could not see and why.

bats_require_minimum_version 1.5.0
load prefork
load blame-report

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
    says '.total | .broken == null and .other_faults == null and .shared > 0'
    says '.functions == []'
    says 'area | .writer_not_seen == 32 and .broken == null and .new == null'
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

# refused_are_told [COMMAND...]: a program that its user may not read is not for
# that user to watch, nor what it forks.
refused_are_told()
{
    [ "$EUID" -eq 0 ] || skip "only root can become another user"
    [ "$(</proc/sys/fs/suid_dumpable)" -ne 1 ] ||
        skip "this kernel lets everyone watch programs they may not read"
    chmod 755 "$work"
    cp "$cowlab" "$COWLAB_BUILD/tests/prefork" "$work"
    chmod 711 "$work/prefork"
    cowlab=$work/cowlab
    PREFORK=$work/prefork start_server "${AS_NOBODY[@]}" bash -c '"$@"; :' bash
    read_family
    start_blame "$@" "${AS_NOBODY[@]}" -- "$family_PID" --json
    stop_blame
    says '.processes | length == 1'
    says 'any(.not_seen[]; . == "5 descendants may not be watched by this user")'
}

@test "blame: descendants that may not be watched are told of" {
    refused_are_told
}

@test "blame: and so they are without page faults" {
    refused_are_told without_faults
}

@test "blame: without page faults no other program is compared" {
    local go
    mkfifo "$work/go"
    start_server bash -c '(read -r _ <"$0"; exec "$@"); :' "$work/go"
    exec {go}>"$work/go" # the child is there
    start_blame without_faults -- "$family_PID"
    echo >&"$go"
    exec {go}>&-
    read_family
    stop_blame
    cat "$report"
    grep -qE "^ +[0-9]+ +bash +[0-9]+ +- +- +0 +0 +has ended, or runs another program$" \
        "$report"
    grep -qE '^  - what 1 process that ended meanwhile, or ran another program, broke' \
        "$report"
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
    [ "$most" -gt 8 ]
}

# How many descriptors blame has, when it has nothing to do: the least of some
# looks.
count_descriptors()
{
    local all least=1000 i
    for i in {1..20}; do
        sleep 0.03
        all=("/proc/$blame/fd/"*)
        [ "${#all[@]}" -ge "$least" ] || least=${#all[@]}
    done
    echo "$least"
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
    local before files i
    start_family
    start_blame -- "$template" --json
    before=$(count_descriptors)
    family_does load 0 1
    files=$(grep -c ' r-xp .* /' "/proc/${worker[0]}/maps")
    for i in {1..40}; do
        family_does load 0 "$i"
        family_does break 0 "$i"
        sleep 0.03
    done
    # 16 tables at most, which take so many descriptors each.
    [ "$(count_descriptors)" -le $((before + 16 * files)) ]
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
