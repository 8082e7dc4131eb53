#!/usr/bin/env bats
# `cowlab doctor`: on this machine, on machines that are files, and where the
# kernel refuses what it could tell.

bats_require_minimum_version 1.5.0

setup()
{
    cowlab=$COWLAB_BUILD/cowlab
    refuse=$COWLAB_BUILD/tests/refuse
    root=$(mktemp -d)
}

teardown()
{
    rm -rf "$root"
}

# put PATH LINE...: a file of the machine under $root
put()
{
    mkdir -p "$root/${1%/*}"
    printf '%s\n' "${@:2}" >"$root/$1"
}

# An uneventful machine.
put_machine()
{
    local thp=sys/kernel/mm/transparent_hugepage
    put proc/sys/kernel/osrelease 6.12.0-test
    put boot/config-6.12.0-test '# CONFIG_NO_PAGE_MAPCOUNT is not set' \
        CONFIG_MEM_SOFT_DIRTY=y
    put proc/cpuinfo 'processor	: 0' 'model name	: Test 1' 'processor	: 1' \
        'model name	: Test 1'
    put proc/meminfo 'MemTotal: 8388608 kB' 'MemAvailable: 6291456 kB' \
        'SwapTotal: 0 kB' 'SwapFree: 0 kB'
    put proc/loadavg '0.10 0.20 0.30 1/100 1234'
    put proc/self/cgroup 0::/user/test
    put sys/fs/cgroup/user/memory.max max
    put sys/fs/cgroup/user/test/memory.max max
    put sys/fs/cgroup/user/test/cpu.max 'max 100000'
    put $thp/enabled 'always [madvise] never'
    put $thp/hugepages-8kB/shmem_enabled 'always [never]'
    put $thp/hugepages-64kB/enabled 'always inherit madvise [never]'
    put $thp/hugepages-2048kB/enabled 'always [inherit] madvise never'
    put sys/kernel/mm/ksm/run 0
    put proc/sys/kernel/numa_balancing 0
    put proc/sys/kernel/randomize_va_space 2
    put proc/sys/vm/overcommit_memory 0
    put proc/sys/vm/max_map_count 65530
    put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
    put sys/devices/system/cpu/cpu0/cpufreq/scaling_governor performance
}

# Examines the machine under $root.
examine()
{
    run --separate-stderr "$cowlab" doctor --json --sysroot "$root"
    [ "$status" -eq 0 ] || { echo "$stderr"; false; }
}

# found CODE LEVEL [WORDS]: the finding has the level, and the words in what was
# found.
found()
{
    jq -e --arg code "$1" --arg level "$2" --arg words "${3:-}" '
        [.findings[] | select(.code == $code)] | length == 1 and
        (.[0] | .level == $level and (.found | contains($words)))' \
        <<<"$output" >/dev/null || {
        jq --arg code "$1" '.findings[] | select(.code == $code)' <<<"$output"
        return 1
    }
}

# odd CODE LEVEL WORDS PATH LINE...: the machine with one thing changed has this
# finding, and no other that is not ok.
odd()
{
    local path=$root/$4 before=
    [ ! -e "$path" ] || before=$(<"$path")
    put "${@:4}"
    examine
    found "$1" "$2" "$3"
    jq -e --arg code "$1" '[.findings[] | select(.level != "ok") | .code] ==
        [$code]' <<<"$output" >/dev/null || {
        jq .findings <<<"$output"
        return 1
    }
    if [ "$before" ]; then echo "$before" >"$path"; else rm "$path"; fi
}

@test "doctor: every finding has all of its parts, whichever machine" {
    run --separate-stderr "$cowlab" doctor --json
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    jq -e '.findings | length >= 27' <<<"$output"
    jq -e '[.findings[].code] | length == (unique | length)' <<<"$output"
    jq -e 'all(.findings[]; (.code | test("^[a-z-]+$")) and
        (.found | length > 0) and
        (.level | IN("ok", "note", "warning", "missing")) and
        if .level == "ok" then .effect == null and .next == null
        else (.effect | length > 0) and (.next | length > 0) end)' \
        <<<"$output"
    jq -e '(any(.findings[]; .level == "missing") | if . then 3 else 0 end) ==
        '"$status" <<<"$output"
}

@test "doctor: the table says the same as the JSON" {
    local table
    put_machine
    put proc/loadavg '7.00 0.20 0.30 1/100 1234'
    table=$("$cowlab" doctor --sysroot "$root")
    examine
    diff <(jq -r '.findings[] | "\(.level) \(.code) \(.found)"' <<<"$output") \
        <(grep -E '^(ok|note|warning|missing) ' <<<"$table" | tr -s ' ')
    [ "$(grep -c '  effect: ' <<<"$table")" -eq 1 ]
    [ "$(grep -c '  next: ' <<<"$table")" -eq 1 ]
    [ "$(tail -n 1 <<<"$table")" = "15 ok, 0 note, 1 warning, 0 missing" ]
}

@test "doctor: an uneventful machine has only good findings" {
    put_machine
    put etc/machine-id 0123456789abcdef0123456789abcdef
    examine
    jq -e 'all(.findings[]; .level == "ok")' <<<"$output"
    found page-mapcount ok 'built without NO_PAGE_MAPCOUNT'
    jq -e '.environment | (.mthp | keys) == ["hugepages-2048kB",
        "hugepages-64kB"] and .cpu_count == 2 and .cpu_model == "Test 1" and
        .kernel_config.MEM_SOFT_DIRTY and .page_truth == "exact" and
        (.machine_id | test("^[0-9a-f]{16}$")) and .boot_id == null' \
        <<<"$output"
    # The id itself is told to nobody.
    [[ $output != *0123456789abcdef* ]]
}

@test "doctor: each thing that disturbs is found, alone" {
    local thp=sys/kernel/mm/transparent_hugepage
    put_machine
    odd thp warning 'always on' $thp/enabled '[always] madvise never'
    odd mthp warning ' 64kB' $thp/hugepages-64kB/enabled \
        '[always] inherit madvise never'
    odd page-mapcount warning 'built with NO_PAGE_MAPCOUNT' \
        boot/config-6.12.0-test CONFIG_NO_PAGE_MAPCOUNT=y
    odd swap warning '4096 bytes of swap are in use' proc/meminfo \
        'SwapTotal: 1048576 kB' 'SwapFree: 1048572 kB'
    odd swap note '1.0 GiB of swap, not in use' proc/meminfo \
        'SwapTotal: 1048576 kB' 'SwapFree: 1048576 kB'
    odd ksm warning 'runs' sys/kernel/mm/ksm/run 1
    odd numa-balancing warning 'on' proc/sys/kernel/numa_balancing 1
    odd load warning '1.50 on 2' proc/loadavg '1.50 1.00 1.00 1/100 1234'
    odd load note 'cannot be read' proc/loadavg ''
    odd processors warning '1 processor' proc/cpuinfo 'processor	: 0'
    odd governor warning powersave \
        sys/devices/system/cpu/cpu0/cpufreq/scaling_governor powersave
    odd clock-source warning hpet \
        sys/devices/system/clocksource/clocksource0/current_clocksource hpet
    odd aslr note '(0)' proc/sys/kernel/randomize_va_space 0
    odd overcommit warning 'not overcommitted' proc/sys/vm/overcommit_memory 2
    odd map-count note 1000 proc/sys/vm/max_map_count 1000
    odd ptrace-scope note 'ptrace_scope 2' proc/sys/kernel/yama/ptrace_scope 2
}

@test "doctor: the strictest limit of the control groups counts" {
    put_machine
    odd memory-limit note '2.0 GiB' sys/fs/cgroup/user/memory.max 2147483648
    odd cpu-limit warning '1.50 processors' sys/fs/cgroup/user/test/cpu.max \
        '150000 100000'
    put sys/fs/cgroup/user/test/memory.max 1073741824
    put sys/fs/cgroup/user/memory.max 2147483648
    examine
    found memory-limit note '1.0 GiB'
}

@test "doctor: control groups of the first version" {
    put_machine
    put proc/self/cgroup '5:cpu,cpuacct:/job' '4:memory:/job' '1:name=systemd:/'
    put sys/fs/cgroup/memory/job/memory.limit_in_bytes 9223372036854771712
    put sys/fs/cgroup/memory/memory.limit_in_bytes 4294967296
    put sys/fs/cgroup/cpu/job/cpu.cfs_quota_us 50000
    put sys/fs/cgroup/cpu/job/cpu.cfs_period_us 100000
    put sys/fs/cgroup/cpu/cpu.cfs_quota_us -1
    put sys/fs/cgroup/cpu/cpu.cfs_period_us 100000
    examine
    found memory-limit note '4.0 GiB'
    found cpu-limit warning '0.50 processors'
}

@test "doctor: a kernel without huge pages is told from one without /sys" {
    put_machine
    rm -r "$root/sys/kernel/mm/transparent_hugepage"
    examine
    found thp ok 'this kernel has no transparent huge pages'
    found mthp ok
}

@test "doctor: the setting that counting events depends on is told" {
    local setting
    setting=$(cat /proc/sys/kernel/perf_event_paranoid) || skip "no setting"
    run --separate-stderr "$cowlab" doctor --json
    jq -e --arg text "(kernel.perf_event_paranoid is $setting)" '
        [.findings[] | select(.code | IN("fault-events", "hardware-counters")) |
        .found | contains($text)] == [true, true]' <<<"$output"
}

@test "doctor: the kernel's packed settings, whatever the path" {
    root+="/a machine's \$root"
    put_machine
    rm "$root"/boot/*
    put proc/config CONFIG_NO_PAGE_MAPCOUNT=y
    gzip "$root/proc/config"
    mv "$root/proc/config.gz" "$root/proc/config.gz.new"
    examine
    found page-mapcount note 'neither the kernel'
    mv "$root/proc/config.gz.new" "$root/proc/config.gz"
    examine
    found page-mapcount warning 'built with NO_PAGE_MAPCOUNT'
    root=${root%/*}
}

@test "doctor: an empty machine and one full of nonsense are no fault" {
    examine
    found load note 'cannot be read'
    found memory-limit ok 'no readable control group'
    found thp note 'not known'
    found mthp note 'not known'
    put_machine
    local file
    while read -r file; do
        head -c 2000 /dev/urandom >"$file"
    done < <(find "$root" -type f)
    examine
}

@test "doctor: system calls that are refused are missed by name" {
    "$refuse" EPERM userfaultfd -- true || skip "no seccomp here"
    run --separate-stderr "$refuse" EPERM perf_event_open userfaultfd -- \
        "$cowlab" doctor --json
    [ "$status" -eq 0 ]
    found fault-events note 'perf_event_open: Operation not permitted'
    jq -e '.findings[] | select(.code == "fault-events") |
        (.effect | contains("at all")) and (.next | contains("filter") and
        (contains("root") | not))' <<<"$output"
    found hardware-counters note 'perf_event_open: Operation not permitted'
    found userfaultfd note 'userfaultfd: Operation not permitted'
    found written-pages note 'userfaultfd: Operation not permitted'
    found memory-reading ok
    found page-sharing ok
    found process-descriptors ok
}

@test "doctor: an old kernel, on which cowlab cannot measure" {
    "$refuse" EPERM userfaultfd -- true || skip "no seccomp here"
    run --separate-stderr "$refuse" ENOSYS pidfd_open -- "$cowlab" doctor --json
    [ "$status" -eq 3 ]
    found process-descriptors missing 'pidfd_open: Function not implemented'
    run "$refuse" ENOSYS pidfd_open -- "$cowlab" doctor
    [ "$status" -eq 3 ]
    grep -qE '^missing  process-descriptors ' <<<"$output"
    [[ ${lines[-1]} == *", 1 missing" ]]
}

@test "doctor: an account of pages that may not be read is missing" {
    [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    # A program that may be run but not read keeps its /proc to itself.
    chmod 755 "$root"
    cp "$cowlab" "$root/cowlab"
    chmod 111 "$root/cowlab"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    # setpriv itself still has the rights to read it, a shell below it does not.
    run --separate-stderr "${as[@]}" sh -c 'exec "$0" doctor --json' \
        "$root/cowlab"
    [ "$status" -eq 3 ]
    found page-sharing missing 'pagemap: Permission denied'
    run --separate-stderr "${as[@]}" "$cowlab" doctor --json
    found totals ok
    found page-sharing ok
    found page-frames note 'hides page frames'
}

put_experiment()
{
    cat >"$root/tiny.yaml" <<'END'
experiment: tiny
requests-per-burst: 1
bursts: 1
matrix:
  subject: [mark-header]
  workload: [{name: uniform, heap-bytes: 65536}]
  workers: [1]
END
}

@test "doctor: results warn of what the doctor warns of" {
    local name=$COWLAB_BUILD/collectors/mark-header
    [ -x "$name" ] || skip "collectors/mark-header is not built"
    put_experiment
    "$cowlab" run --quiet --results "$root/results" "$root/tiny.yaml" >/dev/null
    run --separate-stderr "$cowlab" doctor --json
    # The load may have crossed its bound meanwhile, and few invocations are no
    # fault of the machine.
    diff <(jq -r '.warnings[] | select(.level == "warning") | .code' \
        "$root"/results/*.json | grep -vxE 'load|few-invocations' | sort) \
        <(jq -r '.findings[] | select(.level == "warning") | .code' \
            <<<"$output" | grep -vx load | sort)
    jq -e 'all(.warnings[]; .detail != "" and .next != "")' \
        "$root"/results/*.json
}

@test "doctor: results keep its notes, which check does not mind" {
    "$refuse" EPERM userfaultfd -- true || skip "no seccomp here"
    local name=$COWLAB_BUILD/collectors/mark-header
    [ -x "$name" ] || skip "collectors/mark-header is not built"
    put_experiment
    "$refuse" EPERM perf_event_open -- "$cowlab" run \
        --results "$root/results" "$root/tiny.yaml" >"$root/said" 2>&1
    jq -e 'any(.warnings[]; .level == "note" and .code == "fault-events" and
        (.detail | test("Operation not permitted.*cannot be told at all")))' \
        "$root"/results/*.json
    jq -e '[.warnings[] | select(.code == "hardware-counters").level] ==
        ["note"]' "$root"/results/*.json
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/result.json" "$root"/results/*.json
    run grep -e fault-events -e 'at all' "$root/said"
    [ "$status" -ne 0 ]
    run "$cowlab" check --json "$root/results"
    jq -e '[.directories[0].remarks[].code | select(IN("fault-events",
        "hardware-counters", "governor"))] == []' <<<"$output"
}

@test "doctor: the example of --help runs" {
    local example
    run "$cowlab" doctor --help
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == "Example: cowlab doctor "* ]]
    read -ra example <<<"${lines[-1]#Example: cowlab }"
    run --separate-stderr "$cowlab" "${example[@]}"
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    jq -e .findings <<<"$output"
}

@test "doctor: refusals" {
    run "$cowlab" doctor --sysroot "$root/nowhere"
    [ "$status" -eq 1 ]
    [[ $output == *"--sysroot: '$root/nowhere' is not a directory"* ]]
    run "$cowlab" doctor now
    [ "$status" -eq 1 ]
}
