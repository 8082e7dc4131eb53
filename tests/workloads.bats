#!/usr/bin/env bats
# Every parameter of every workload: what it may be given, and that it matters.
# A new workload needs a line in small().

setup()
{
    program=$COWLAB_BUILD/collectors/mark-side
    counting=$COWLAB_BUILD/collectors/refcount
}

# small WORKLOAD: settings with which it runs in milliseconds, and each of its
# parameters has something to act upon.
small()
{
    case $1 in
        binary-trees) echo depth=6 ;;
        gcbench) echo depth=6 array=100 ;;
        largeobject) echo list-count=20 string-count=200 strings=distinct \
            build-every=3 ;;
        read-mostly) echo scale=2 ;;
        session-cache) echo scale=2 ;;
        shadow) echo steps=300 deep=100 wide=100 minor-every=70 fork-every=200 \
            siblings=1 collect-allocations=50 ;;
        stores) echo heap-bytes=70000 stores=40 reads=40 allocate=40 ;;
        uniform) echo heap-bytes=70000 read=40000 allocate=40000 keep=40000 \
            write=40000 writes=reference drop=300000 dropped=ring ;;
        *) return 1 ;;
    esac
}

# given WORKLOAD PARAMETER: what else must be so for this one to matter.
given()
{
    case $1.$2 in
        stores.stored) echo stores=400 ;;
    esac
}

# other WORKLOAD PARAMETER LEAST: a number that is not the least.
other()
{
    case $1.$2 in
        uniform.heap-bytes | stores.heap-bytes) echo 140000 ;;
        uniform.object-bytes | stores.object-bytes) echo 96 ;;
        uniform.*) echo 200000 ;;
        binary-trees.depth | gcbench.depth) echo 8 ;;
        session-cache.hot-lookups) echo 500 ;;
        *) echo $(($3 * 2 + 7)) ;;
    esac
}

# The workloads; the parameters of one: name, type, least or choices.
workloads()
{
    "$program" --describe | awk -F'\t' '$1 == "workload" { print $2 }'
}

parameters()
{
    "$program" --describe | awk -F'\t' -v workload="$1" '
        $1 == "parameter" && $2 == workload { print $3, $4, $6 }'
}

# What a workload with these settings answers, leaves and costs, without times.
outcome()
{
    local collector
    for collector in "$program" "$counting"; do
        "$collector" run "$1" 6 "${@:2}" >"$BATS_TEST_TMPDIR/outcome" || {
            echo "failed: ${collector##*/} run $1 6 ${*:2}" >&2
            return 1
        }
        grep -v '_ns ' "$BATS_TEST_TMPDIR/outcome"
    done
}

# values WORKLOAD NAME TYPE LEAST-OR-CHOICES: all choices, or the least number
# and another.
values()
{
    if [ "$3" = choice ]; then
        tr '|' '\n' <<<"$4"
    else
        echo "$4" "$(other "$1" "$2" "$4")"
    fi
}

@test "every workload has small settings here" {
    for workload in $(workloads); do
        small "$workload" >/dev/null || {
            echo "tests/workloads.bats: no line for $workload in small()"
            false
        }
    done
}

@test "each parameter matters: its least value, another, each of its choices" {
    local workload name type least values settings outcomes
    for workload in $(workloads); do
        while read -r name type least; do
            read -ra values < <(values "$workload" "$name" "$type" "$least" |
                paste -sd ' ')
            read -ra settings < <(echo "$(small "$workload")" \
                "$(given "$workload" "$name")")
            outcomes=$(for value in "${values[@]}"; do
                outcome "$workload" "${settings[@]}" "$name=$value" | cksum
            done)
            echo "# $workload $name: ${values[*]}: ${outcomes//$'\n'/, }"
            # What siblings check leaves no trace in the one that forks them.
            [ "$workload.$name" != shadow.siblings ] || continue
            [ "$(sort -u <<<"$outcomes" | grep -c .)" -eq "${#values[@]}" ]
        done < <(parameters "$workload")
    done
}

@test "what is out of range or no parameter is refused by name" {
    local wrong
    for wrong in scale=0 scale=1000001 scale=1.5 order=backwards no-such=1; do
        run "$program" run read-mostly 1 "$wrong"
        [ "$status" -eq 1 ]
        grep -qF "${wrong#*=}" <<<"$output" || grep -qF "${wrong%=*}" <<<"$output"
    done
}

@test "scale multiplies the template and nothing that a request does" {
    local scale sizes
    mapfile -t sizes < <(for scale in 100 200 400; do
        "$program" run read-mostly 0 scale=$scale |
            awk '/^marked_objects/ { print $2 }'
    done)
    # Two thousand records of seven objects a hundred; the rest is chunks.
    [ $((sizes[1] - sizes[0])) -ge $((20000 * 7)) ]
    [ $((sizes[2] - sizes[1])) -ge $((40000 * 7)) ]
    [ $((sizes[2] - sizes[1])) -le $((40000 * 7 + 20)) ]
}
