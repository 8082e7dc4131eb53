#!/usr/bin/env bats
# `cowlab blame` on a server whose writes are known by construction: which pages
# it tells, of whom, and under which names.

bats_require_minimum_version 1.5.0
load prefork
load blame-report

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
