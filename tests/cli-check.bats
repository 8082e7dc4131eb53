#!/usr/bin/env bats
# `cowlab check`: whether results can be published.  Two fake subjects, six
# invocations of each, run once; every test spoils a copy in its own way.

bats_require_minimum_version 1.5.0
load back

setup_file()
{
    set_up_back
    export BASE=$BACK
    SUBJECTS='fake-a, fake-b' experiment 'invocations: 6'
    ./cowlab run fake.yaml -q >/dev/null
    # What this machine warns of, and its load, is not of these tests.
    edit '.warnings = []' results/fake/*.json
}

teardown_file()
{
    rm -rf "$BASE"
}

setup()
{
    cd "$(mktemp -d)" || return
    cp -r "$BASE/results" .
    cowlab=$BASE/cowlab
    a=results/fake/$(basename results/fake/fake-a-*-001.json)
    b=results/fake/$(basename results/fake/fake-b-*-002.json)
}

teardown()
{
    local directory=$PWD
    cd /
    rm -rf "$directory"
}

# edit FILTER FILE...: changes results with jq, in place.
edit()
{
    local filter=$1 file
    shift
    for file; do
        jq "$filter" "$file" >edited
        mv edited "$file"
    done
}

has()
{
    grep -qEe "$1" <<<"$output" || {
        printf 'missing: %s\nin:\n%s\n' "$1" "$output"
        return 1
    }
}

# wrong CODE WORDS FILE: that is said of that file, alone, with status 2.
wrong()
{
    run "$cowlab" check results/fake --json
    [ "$status" -eq 2 ]
    jq -e --arg code "$1" --arg words "$2" --arg file "${3#results/fake/}" \
        '[.directories[0].remarks[] | select(.level == "wrong")] | length == 1
        and .[0].code == $code and (.[0].what | contains($words)) and
        .[0].where == [$file]' <<<"$output" || {
        echo "$output"
        return 1
    }
}

# warned CODE WORDS: only that is said, and it is not wrong unless --strict.
warned()
{
    run "$cowlab" check results/fake
    [ "$status" -eq 0 ]
    has "^warning $1 +.*$2"
    has ' 0 wrong, 1 warnings: can be published$'
    run "$cowlab" check results/fake --strict
    [ "$status" -eq 2 ]
    has 'not to be published$'
}

@test "results of an undisturbed run can be published" {
    run "$cowlab" check
    [ "$status" -eq 0 ]
    [ "$output" = 'results/fake: 12 valid results of 12, 0 figures; 0 wrong, 0 warnings: can be published' ]
    run "$cowlab" check --strict --json
    [ "$status" -eq 0 ]
    jq -e '.directories == [{directory: "results/fake", publishable: true,
        valid: 12, expected: 12, figures: 0, remarks: []}]' <<<"$output"
}

@test "what is missing, invalid, torn, twice or of no cell is wrong" {
    rm "$a"
    run "$cowlab" check
    [ "$status" -eq 2 ]
    has '^wrong +missing +1 of 6 invocations are missing$'
    has '^ +in 1: fake-a, pages sleep=0, 2 workers$'
    has '^ +next: cowlab run fake.yaml --results results/fake, with --set as then$'
    has ': 11 valid results of 12, .* 1 wrong, 0 warnings: not to be published$'

    cp "$BASE/$a" "$a"
    edit '.status = "invalid" | .reason = "worker-died" | .detail = "gone"' "$b"
    wrong invalid 'worker-died: gone' "$b"
    truncate -s 1000 "$b"
    wrong torn 'the file is not a whole result' "$b"

    cp "$BASE/$b" "$b"
    cp "$a" results/fake/zcopy.json
    wrong twice "the same invocation as $(basename "$a")" zcopy.json
    edit '.cell.id = "another"' results/fake/zcopy.json
    wrong of-no-cell 'no such cell: another' zcopy.json
    edit '.invocation = 7 | .cell.id |= "another"' results/fake/zcopy.json
    jq --slurpfile a "$a" '.cell = $a[0].cell' results/fake/zcopy.json >edited
    mv edited results/fake/zcopy.json
    wrong of-no-cell 'the experiment has 6 invocations' zcopy.json
}

@test "results of other machines and builds are wrong, other settings a warning" {
    edit '.environment.kernel_release = "1.0"' "$b"
    wrong machine "of another machine than $(basename "$a"): kernel_release was" "$b"
    cp "$BASE/$b" "$b"
    edit '.environment.page_truth = "none"' "$b"
    wrong setting 'page_truth was' "$b"
    cp "$BASE/$b" "$b"
    edit '.cowlab.program_hash = "0123456789abcdef"' "$b"
    wrong build 'of another build of cowlab' "$b"
    cp "$BASE/$b" "$b"
    edit '.subject.program_hash = "0123456789abcdef"' "$b"
    wrong subject 'of another fake-b than' "$b"
    cp "$BASE/$b" "$b"
    edit '.subject.build.compiler = "GCC 1"' "$b"
    wrong subject 'its compiler was fake 1, here GCC 1' "$b"
    cp "$BASE/$b" "$b"
    edit '.environment.boot_id = "another"' "$b"
    warned boot 'boot_id was'
    cp "$BASE/$b" "$b"
    edit '.environment.thp_enabled = "another"' "$b"
    warned setting 'thp_enabled was'
}

@test "results of other work, and subjects that disagree, are wrong" {
    edit '.cell.bursts = 77' "$b"
    wrong other-cell 'not as the description has it' "$b"
    cp "$BASE/$b" "$b"
    edit '.workers[1].reply_checksum = "0123456789abcdef"' "$b"
    wrong disagreement 'its workers replied otherwise than those of fake-a' "$b"
    cp "$BASE/$b" "$b"
    edit '.template.graph_checksum = "0123456789abcdef"' "$b"
    wrong disagreement 'its graph is not that of fake-a' "$b"
    # A runtime's graph is its own.
    edit '.subject.collector = false' "$b"
    run "$cowlab" check
    [ "$status" -eq 0 ]
    edit 'del(.subject.collector)' "$b"
    warned graphs-unchecked 'does not tell whether its subject is a collector'
    cp "$BASE/$b" "$b"
    edit '.seed = 1' "$b"
    wrong seed 'made with the seed 1, where invocation 2 has' "$b"
}

@test "what the runs warned of is counted by its code" {
    local load='{code: "load", detail: "others", next: "wait"}'
    edit ".warnings = [$load, {code: \"few-invocations\", detail: \"then\",
        next: \"more\"}, {level: \"note\", code: \"swap\", detail: \"some\",
        next: \"none\"}]" results/fake/*.json
    warned load others
    edit ".warnings[0].detail = \"1.9\"" "$b"
    run "$cowlab" check --json
    jq -e '.directories[0].remarks == [{level: "warning", code: "load",
        what: "others", varies: true, where: .directories[0].remarks[0].where,
        next: "wait"}] and (.directories[0].remarks[0].where | length) == 12' \
        <<<"$output"
    edit '.warnings = []' results/fake/*.json
    edit '.left_out = [{subject: "pypy", why: "not installed"}]' \
        results/fake/experiment.description
    warned left-out 'an optional subject was not measured: not installed'
}

@test "few invocations are a warning" {
    rm results/fake/*-006.json
    edit '.invocations = 5' results/fake/experiment.description
    warned no-intervals '5 invocations .* too few for intervals, which need 6'
    rm results/fake/*-00[345].json
    edit '.invocations = 2' results/fake/experiment.description
    warned few-invocations '2 of each cell tell nothing'
}

@test "figures are stale when the results are others, whatever their times" {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed"
    "$cowlab" plot results/fake --figure erosion >/dev/null
    touch results/fake/*.json
    run "$cowlab" check
    [ "$status" -eq 0 ]
    has ', 1 figures; 0 wrong'
    edit '.wall_ns += 1' "$b"
    wrong stale '0 are not in it and 1 have changed; 0 that are in it' \
        figures/erosion.dat
    touch results/fake/figures/*
    run "$cowlab" check
    [ "$status" -eq 2 ]
    has '^wrong +stale '
    "$cowlab" plot results/fake --figure erosion >/dev/null
    run "$cowlab" check
    [ "$status" -eq 0 ]
    edit '.status = "invalid" | .reason = "no-answer" | .detail = ""' "$b"
    run "$cowlab" check
    has '0 have changed; 1 that are in it are not here, or no longer valid$'
    rm "$b"
    run "$cowlab" check
    has '0 have changed; 1 that are in it are not here, or no longer valid$'
    cp "$BASE/$b" "$b"
    sed -i "/$(basename "$b")/d" results/fake/figures/erosion.dat
    wrong stale '1 are not in it and 0 have changed; 0' figures/erosion.dat
    sed -i '/xxh64/d' results/fake/figures/erosion.dat
    wrong stale 'does not tell the hashes' figures/erosion.dat
    rm results/fake/figures/erosion.dat
    warned no-data 'a drawing without its data'
}

@test "data without gnuplot leave no drawing of other data behind" {
    mkdir -p results/fake/figures empty
    touch results/fake/figures/erosion.svg
    PATH=$PWD/empty run "$cowlab" plot results/fake --figure erosion
    [ "$status" -eq 3 ]
    [ ! -e results/fake/figures/erosion.svg ]
    [ -s results/fake/figures/erosion.dat ]
}

@test "half a file of a killed run is a warning, and the next run removes it" {
    touch results/fake/.experiment.description.AbCdEf \
        results/fake/.fake-a-pages-w2-00000000-001.json.AbCdEf
    touch "results/fake/cowlab-$$-1-swap" # a pid, but not of then
    warned left-behind 'a run that was killed'
    cp -r "$BASE/collectors" "$BASE/cowlab" "$BASE/fake.yaml" .
    (
        exec 9>results/fake/.fake-b-pages-w2-00000000-001.json.AbCdEf
        flock 9
        run "$cowlab" check --json
        jq -e '.directories[0].remarks[0].where | length == 3' <<<"$output"
    )
    rm results/fake/.fake-b*
    "$BASE/cowlab" run "$BASE/fake.yaml" -q --results results/fake >/dev/null
    run "$cowlab" check --strict
    [ "$status" -eq 0 ]
}

@test "a directory without a description, or none, is said" {
    rm results/fake/experiment.description
    run "$cowlab" check results/fake
    [ "$status" -eq 2 ]
    has '^wrong +no-description +nothing tells which results there should be'
    run "$cowlab" check
    [ "$status" -eq 3 ]
    run "$cowlab" check nowhere
    [ "$status" -eq 3 ]
    has '^cowlab: nowhere: No such file'
}

@test "the example of check --help runs" {
    mv results/fake results/demo
    example=$("$cowlab" check --help | sed -n 's/^Example: cowlab //p')
    # shellcheck disable=SC2086 # its words are to be split
    run "$cowlab" $example
    [ "$status" -eq 0 ]
}
