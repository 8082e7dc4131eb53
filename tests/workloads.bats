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
        constant-caches) echo methods=300 calls=100 warm=100 ;;
        gcbench) echo depth=6 array=100 ;;
        inline-cache) echo methods=300 calls=50 warm=100 ;;
        largeobject) echo list-count=20 string-count=200 strings=distinct \
            build-every=3 ;;
        make-objects) echo objects=300 made=40 ;;
        mixed) echo scale=2 ;;
        page-render) echo scale=2 depth=3 ;;
        read-mostly) echo scale=2 ;;
        session-cache) echo scale=2 ;;
        shadow) echo steps=300 deep=100 wide=100 minor-every=70 fork-every=200 \
            siblings=1 collect-allocations=50 ;;
        skkzipcode-like) echo scale=2 lines=20 ;;
        key-value) echo scale=2 pipeline=40 ;;
        fragmented) echo scale=5 ;;
        orm-graph) echo scale=2 ;;
        stores) echo heap-bytes=70000 stores=40 reads=40 allocate=40 ;;
        strings-10m) echo strings=1000 ;;
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
        *.weight-*) echo 1000 ;;
        inline-cache.hot | inline-cache.hot-calls | *.warm) echo 900 ;;
        binary-trees.depth | gcbench.depth) echo 8 ;;
        session-cache.hot-lookups) echo 500 ;;
        skkzipcode-like.line-bytes) echo 100 ;;
        *) echo $(($3 * 2 + 7)) ;;
    esac
}

# The workloads; the parameters of one: name, type, least or choices.  Those of
# its parts have a test of their own.
workloads()
{
    "$program" --describe | awk -F'\t' '$1 == "workload" { print $2 }'
}

parameters()
{
    "$program" --describe | awk -F'\t' -v workload="$1" '
        $1 == "parameter" && $2 == workload && $3 !~ /[.]/ {
            print $3, $4, $6 }'
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

@test "parameters that are wrong together are refused before loading" {
    run "$program" run page-render 1 depth=24 children=2
    [ "$status" -eq 1 ]
    [ "$output" = "mark-side: page-render: a page could be longer than 16 MiB: \
give it fewer levels or children, or shorter texts and values" ]
    run "$program" run mixed 1 page-render.children=1000
    [ "$status" -eq 1 ]
    grep -q "page-render: a page could be longer" <<<"$output"
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

@test "the parameters of a mix's parts are those of the workloads" {
    local part
    "$program" --describe | grep '^parameter' >"$BATS_TEST_TMPDIR/parameters"
    cd "$BATS_TEST_TMPDIR"
    cut -f3 parameters | sed -n 's/[.].*//p' | sort -u >parts
    [ "$(grep -c . parts)" -ge 2 ]
    while read -r part; do
        awk -F'\t' -v OFS='\t' -v part="$part" '
            $2 == part { $2 = "mixed"; $3 = part "." $3; print }' parameters >own
        [ "$(grep -c . own)" -ge 1 ]
        awk -F'\t' -v part="$part" 'index($3, part ".") == 1' parameters |
            cmp - own
        grep -qP "^parameter\tmixed\tweight-$part\t" parameters
    done <parts
}

# unweighted: a small mix of no requests.
unweighted()
{
    echo scale=2
    "$program" --describe | awk -F'\t' '
        $2 == "mixed" && $3 ~ /^weight-/ { print $3 "=0" }'
}

@test "a part's parameter reaches the part, and no other" {
    local outcomes two
    mapfile -t two < <(unweighted)
    two+=(weight-read-mostly=1 weight-session-cache=1)
    outcomes=$(for setting in session-cache.sets=0 session-cache.sets=9 \
        read-mostly.batch=9 read-mostly.string-bytes=9 session-cache.scale=99; do
        outcome mixed "${two[@]}" "$setting" | cksum
    done)
    [ "$(sort -u <<<"$outcomes" | grep -c .)" -eq 5 ]
    for wrong in sets=1 shadow.steps=1 read-mostly.sets=1 read-mostly.=1 .sets=1 \
        read-mostly.batch=0; do
        run "$program" run mixed 1 "$wrong"
        [ "$status" -eq 1 ]
        grep -qE "no parameter|no such part|range" <<<"$output"
    done
}

@test "requests are drawn by weights: a part of weight 0 is never one" {
    local all read cache
    mapfile -t all < <(unweighted)
    run "$program" run mixed 1 "${all[@]}"
    [ "$status" -eq 1 ]
    [ "$(grep -c . <<<"$output")" -eq 1 ]
    grep -qF "mixed: all weights are 0, and no request can be drawn: give one" \
        <<<"$output"
    # Of sessions, requests that only read leave all as it was.
    graph() { "$program" run mixed 50 "${all[@]}" "$@" |
        awk '$1 == "graph" { print $2 }'; }
    read=$(graph weight-read-mostly=1)
    cache=$(graph weight-session-cache=1)
    [ "$read" = "$(graph weight-read-mostly=1000)" ]
    [ "$cache" = "$(graph weight-session-cache=1000)" ]
    [ "$cache" != "$read" ]
    [ "$(graph weight-read-mostly=1 weight-session-cache=1)" != "$read" ]
    [ "$(graph weight-read-mostly=1 weight-session-cache=1)" != "$cache" ]
}
