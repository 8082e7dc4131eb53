#!/usr/bin/env bats
# The workload that is put together from others: its parts' parameters, how
# requests are drawn among them, and one run of all parts through a fork.

setup()
{
    program=$COWLAB_BUILD/collectors/mark-side
}

# described: the parameters of all workloads.
described()
{
    "$program" --describe | grep '^parameter'
}

# two REQUESTS [SETTING...]: a small mix of two parts alone, what it answers and
# leaves, without times.
two()
{
    local settings
    mapfile -t settings < <(described | awk -F'\t' '
        $2 == "mixed" && $3 ~ /^weight-/ { print $3 "=0" }')
    settings+=(weight-read-mostly=1 weight-session-cache=1)
    "$program" run mixed "$1" scale=2 "${settings[@]}" "${@:2}" |
        grep -v '_ns '
}

@test "the parameters of a mix's parts are those of the workloads" {
    local part
    cd "$BATS_TEST_TMPDIR"
    described >parameters
    awk -F'\t' '$2 == "mixed" && sub(/[.].*/, "", $3) { print $3 }' parameters |
        sort -u >parts
    [ "$(grep -c . parts)" -ge 3 ]
    while read -r part; do
        awk -F'\t' -v OFS='\t' -v part="$part" '
            $2 == part { $2 = "mixed"; $3 = part "." $3; print }' parameters >own
        [ "$(grep -c . own)" -ge 1 ]
        awk -F'\t' -v part="$part" 'index($3, part ".") == 1' parameters |
            cmp - own
        grep -qP "^parameter\tmixed\tweight-$part\t" parameters
    done <parts
}

@test "a part's parameter reaches the part, and no other" {
    local outcomes setting
    outcomes=$(for setting in seed=1 session-cache.sets=9 read-mostly.batch=9 \
        read-mostly.string-bytes=9 session-cache.scale=99; do
        two 9 "$setting" | cksum
    done)
    [ "$(sort -u <<<"$outcomes" | grep -c .)" -eq 5 ]
    for setting in sets=1 shadow.steps=1 read-mostly.sets=1 read-mostly.=1 \
        .sets=1 read-mostly.batch=0; do
        run "$program" run mixed 1 "$setting"
        echo "$setting: $output"
        [ "$status" -eq 1 ]
        grep -qE "no parameter|no such part|range" <<<"$output"
    done
}

@test "requests are drawn by weights: a part of weight 0 is never one" {
    local read cache
    run two 1 weight-read-mostly=0 weight-session-cache=0
    [ "$output" = "mark-side: mixed: all weights are 0: give one of them a \
number above 0" ]
    # Requests that only read leave all as it was.
    graph() { two 50 "$@" | awk '$1 == "graph" { print $2 }'; }
    read=$(graph weight-session-cache=0)
    cache=$(graph weight-read-mostly=0)
    [ "$read" = "$(graph weight-session-cache=0 weight-read-mostly=1000)" ]
    [ "$cache" = "$(graph weight-read-mostly=0 weight-session-cache=1000)" ]
    [ "$cache" != "$read" ]
    [ "$(graph)" != "$read" ]
    [ "$(graph)" != "$cache" ]
}

@test "a part that has no weight unless it is given is loaded only with one" {
    local part
    # What it is and answers, without times.
    whole() { "$program" run mixed 40 scale=4 "$@" | grep -v '_ns '; }
    objects() { whole "$@" | awk '$1 == "marked_objects" { print $2 }'; }
    for part in inline-cache constant-caches; do
        [ "$(described | awk -F'\t' -v weight="weight-$part" '
            $2 == "mixed" && $3 == weight { print $5 }')" -eq 0 ]
        [ "$(whole "$part.scale=9000")" = "$(whole)" ]
        [ "$(whole "weight-$part=1000")" != "$(whole)" ]
        [ "$(objects "weight-$part=1" "$part.scale=9000")" -gt \
            "$(objects "weight-$part=1")" ]
    done
    cd "$BATS_TEST_TMPDIR"
    whole weight-inline-cache=50 weight-constant-caches=50 >two
    "$COWLAB_BUILD/collectors/refcount" run mixed 40 scale=4 \
        weight-inline-cache=50 weight-constant-caches=50 >other
    diff <(grep -E '^(graph|replies)' two) <(grep -E '^(graph|replies)' other)
}

@test "in forked workers the parts are equal on all families of collectors" {
    command -v jq >/dev/null || skip "jq is not installed"
    cd "$BATS_TEST_TMPDIR"
    cat >mix.yaml <<'END'
experiment: mix
bursts: 1
requests-per-burst: 60
collections-first: 1
matrix:
  subject: [mark-side, refcount, gencopy, handles, minimark-indirect]
  workload: [{name: mixed, scale: 10, session-cache.sets: 5}]
  workers: [2]
END
    "$COWLAB_BUILD/cowlab" run mix.yaml --quiet >/dev/null
    jq -c '[.status, .template.graph_checksum,
        (.workers[] | .graph_checksum, .reply_checksum)]' \
        results/mix/*.json >checksums
    [ "$(grep -c '"valid"' checksums)" -eq 5 ]
    [ "$(sort -u checksums | grep -c .)" -eq 1 ]
    [ "$(jq '.[1:] | unique | length' checksums | sort -u)" -eq 5 ]
    [ "$(jq -r '.cell.workload.parameters["session-cache.sets"]' \
        results/mix/*.json | sort -u)" -eq 5 ]
}

@test "a run with all weights 0 says why it is invalid" {
    command -v jq >/dev/null || skip "jq is not installed"
    cd "$BATS_TEST_TMPDIR"
    {
        printf '%s\n' 'experiment: none' 'bursts: 1' 'matrix:' \
            '  subject: [mark-side]' '  workers: [2]' '  workload:' \
            '    - name: mixed'
        described | awk -F'\t' '
            $2 == "mixed" && $3 ~ /^weight-/ { print "      " $3 ": 0" }'
    } >none.yaml
    run "$COWLAB_BUILD/cowlab" run none.yaml --quiet
    [ "$status" -eq 2 ]
    jq -e '.status == "invalid"' results/none/*.json
    grep -q 'mixed: all weights are 0: give one of them a number above 0' \
        results/none/*.json
}
