#!/usr/bin/env bats
# Published numbers beside ours: results that were made up, and a description
# that says what others had.
# shellcheck disable=SC2154 # run sets stderr

bats_require_minimum_version 1.5.0

setup()
{
    command -v jq >/dev/null || skip "jq is not installed"
    workplace=$(mktemp -d)
    cd "$workplace" || exit 1
    cowlab=$COWLAB_BUILD/cowlab
}

teardown()
{
    cd / && rm -rf "$workplace"
}

make_cell()
{
    python3 "$COWLAB_SOURCE/tests/make-comparable.py" "$@"
}

# publish DIRECTORY ITEM...: describes the results in it, and what others had:
# each item is a name, a measure, a value, how far off ours may be, and cells.
publish()
{
    local directory=$1
    shift
    jq -n --slurpfile results <(cat "$directory"/*.json) '{
        schema: 1, name: "made", about: "", path: "made.yaml",
        hash: "0000000000000000", seed: 1, invocations: 10, counters: [],
        left_out: [], cells: ($results | map(.cell) | unique_by(.id)),
        published: ($ARGS.positional | map(split(" ") | {
            what: .[0], source: "a page", measure: .[1],
            value: .[2] | tonumber, within: .[3] | tonumber,
            cell: (.[4] + "-made-w2")}
            + if .[5] then {against: (.[5] + "-made-w2")} else {} end))}' \
        --args "$@" >"$directory/experiment.description"
}

# verdicts STATUS DIRECTORY: "what: verdict" for each item.
verdicts()
{
    local expected=$1
    run --separate-stderr "$cowlab" compare --json --published "$2"
    [ "$status" -eq "$expected" ] || { echo "$status: $stderr"; return 1; }
    jq -r '.published[] | "\(.what): \(.verdict)"' <<<"$output"
}

@test "published: what reproduces, what goes the same way, what does not" {
    make_cell set label=alpha broken=80 + set label=beta broken=1 shift=3
    publish set 'near broken_share 0.842 0.05 alpha' \
        'far broken_share 0.842 0.03 alpha' \
        'covered requests_per_second 100.3 0 alpha' \
        'outside requests_per_second 105 0 alpha' \
        'part broken_share 0.013 0.001 beta alpha' \
        'way broken_share 0.5 0.1 beta alpha' \
        'more broken_share 40 0.1 alpha beta' \
        'opposite broken_share 1.5 0.1 beta alpha' \
        'equal broken_share 1 0.1 beta alpha'
    diff - <(verdicts 0 set) <<'END'
near: reproduces
far: does not
covered: reproduces
outside: does not
part: reproduces
way: same direction
more: same direction
opposite: does not
equal: does not
END
    "$cowlab" compare --published set >table
    grep -qE '^  far +alpha +broken % +84\.20 +3\.00 +80\.00  \[80\.00, 80\.00\] +0\.95  does not: 0\.95 times$' table
    grep -qE '^  part +beta +broken % / alpha +0\.013 +0\.001 +0\.01[23] ' table
    grep -qx 'near: a page.' table
    jq -e '.published[1] | .what == "far" and .times > 0.949 and .times < 0.951' \
        <<<"$output"
    grep -q '^reproduces: the published value lies in our 95 % interval' table
    run ! grep -q ' $' table
}

@test "published: with too few invocations nothing reproduces" {
    make_cell set label=alpha broken=80 count=5
    publish set 'near broken_share 0.80 0.05 alpha'
    [ "$(verdicts 0 set)" = 'near: too few' ]
}

@test "published: what was not measured, and what was left out" {
    make_cell set label=alpha broken=80
    publish set 'near broken_share 0.80 0.05 alpha' \
        'gone broken_share 0.1 0.05 beta' 'lone p99_ns 5 0 alpha'
    diff - <(verdicts 2 set) <<'END'
near: reproduces
gone: null
lone: null
END
    jq -e '.published[1] | .ours == null and .verdict_why ==
        "no valid invocation measured it"' <<<"$output" ||
        "$cowlab" compare --json --published set
    # Left out, it is no fault of the run.
    jq '.published |= [.[0], (.[1] | .cell = null |
        .cell_why = "subject=pypy is left out")]' \
        set/experiment.description >edited
    mv edited set/experiment.description
    run "$cowlab" compare --published set
    [ "$status" -eq 0 ]
    [[ $output == *"gone: not measured: subject=pypy is left out."* ]]
}

@test "published: what cannot be compared says why" {
    make_cell set label=alpha
    run --separate-stderr "$cowlab" compare --published set
    [ "$status" -eq 1 ]
    [[ $stderr == *"no experiment.description in it"* ]]
    publish set
    run --separate-stderr "$cowlab" compare --published set
    [ "$status" -eq 1 ]
    [[ $stderr == *"names no published numbers"* ]]
    run --separate-stderr "$cowlab" compare --published set set
    [ "$status" -eq 1 ]
    [[ $stderr == *"sides beside --published"* ]]
    run --separate-stderr "$cowlab" compare --published nowhere
    [ "$status" -eq 1 ]
    [[ $stderr == *"nowhere"* ]]
}
