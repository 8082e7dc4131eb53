#!/usr/bin/env bats
# cowlab plot: from results that were made up to figures.

bats_require_minimum_version 1.5.0

setup()
{
    cowlab=$COWLAB_BUILD/cowlab
    results=$(mktemp -d)
}

teardown()
{
    rm -rf "$results"
}

make_results()
{
    python3 "$COWLAB_SOURCE/tests/make-results.py" "$results" "$@"
}

need_gnuplot()
{
    command -v gnuplot >/dev/null || skip "gnuplot is not installed"
}

# The data of a figure without comments.
data()
{
    grep -v '^#' "$results/figures/$1.dat"
}

@test "private memory: mean over workers, median and range over invocations" {
    need_gnuplot
    make_results
    "$cowlab" plot "$results" --figure private-memory
    [ "$(data private-memory)" = '"alpha"
0 3 1.5 4.5
1 6 3 9
2 9 4.5 13.5


"beta growth=150"
0 3 1.5 4.5
1 6 3 9
2 9 4.5 13.5' ]
}

@test "shared memory, erosion and request rate" {
    need_gnuplot
    make_results
    "$cowlab" plot "$results"
    [ "$(data shared-memory | sed -n 2,4p)" = '0 10 10 10
1 10 10 10
2 10 10 10' ]
    [ "$(data erosion | sed -n 2,4p)" = '0 1.25 1.25 1.25
1 26.25 26.25 26.25
2 51.25 51.25 51.25' ]
    [ "$(data request-rate | sed -n 2,3p)" = '100 50 33.3333333 100
150 50 50 50' ]
    [ "$(data mean-rate | sed -n 2,3p)" = '100 50 33.3333333 100
150 50 37.5 75' ]
}

@test "swap and major faults of a burst, where memory is limited" {
    need_gnuplot
    make_results limited
    "$cowlab" plot "$results" --figure swap
    [ "$(data swap)" = '"alpha"
100 4 2 6
150 6 3 9' ]
    "$cowlab" plot "$results" --figure major-faults
    [ "$(data major-faults)" = '"alpha"
100 2 2 2
150 20 20 20' ]
    rm "$results"/*.json
    make_results
    run --separate-stderr "$cowlab" plot "$results"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    run --separate-stderr "$cowlab" plot "$results" --figure swap
    [ -z "$output" ]
    [ "$stderr" = "cowlab: swap: nothing of it was measured for made" ]
}

@test "every figure is drawn in three formats, and the paths are printed" {
    need_gnuplot
    make_results
    "$cowlab" plot "$results" >"$results/paths"
    for name in private-memory shared-memory request-rate mean-rate erosion; do
        for format in png svg pdf; do
            grep -qxF "$results/figures/$name.$format" "$results/paths"
            [ -s "$results/figures/$name.$format" ]
        done
        grep -qF '>alpha (' "$results/figures/$name.svg"
        grep -qF '>beta growth=150 (' "$results/figures/$name.svg"
        head -c 8 "$results/figures/$name.png" | grep -qa PNG
        head -c 5 "$results/figures/$name.pdf" | grep -q '%PDF-'
    done
    grep -qF '>alpha (9)<' "$results/figures/private-memory.svg"
    [ "$(wc -l <"$results/paths")" -eq 15 ]
}

@test "the data name the results they come from" {
    need_gnuplot
    make_results
    "$cowlab" plot "$results" --figure erosion
    dat=$results/figures/erosion.dat
    [ "$(grep -c '^#   .*\.json (xxh64 [0-9a-f]\{16\}; experiment made, hash 0123456789abcdef, cowlab 0\.1\.0)$' "$dat")" -eq 6 ]
    grep -qx '# columns: worker-requests \[requests\], erosion \[percent\], minimum, maximum' "$dat"
}

@test "an invalid invocation is left out, named, and the status is 2" {
    need_gnuplot
    make_results invalid
    run "$cowlab" plot "$results" --figure private-memory
    [ "$status" -eq 2 ]
    [[ $output == *"left out beta-growth=150-made-w2-003.json: invalid: worker-died: worker 1 was killed"* ]]
    data private-memory | grep -A1 beta | grep -qx '0 2.25 1.5 3'
}

@test "what one worker does not know is not drawn" {
    need_gnuplot
    make_results unmeasured
    "$cowlab" plot "$results" --figure private-memory
    [ "$(data private-memory | sed -n '/beta/,$p')" = '"beta growth=150"
0 3 1.5 4.5
2 9 4.5 13.5' ]
}

@test "several workloads and numbers of workers are figures of their own" {
    need_gnuplot
    make_results panels
    "$cowlab" plot "$results" --figure erosion --out "$results/here"
    [ -s "$results/here/erosion-made-w2.png" ]
    [ -s "$results/here/erosion-made-w4.png" ]
    [ -s "$results/here/erosion-other-size-1-2-w2.png" ]
    [ "$(grep -c beta "$results/here/erosion-made-w4.dat")" -eq 0 ]
    [ ! -e "$results/figures" ]
}

# The reduction over workers, then over invocations, in a selection of its own.
reduced()
{
    sed "s/^workers: .*/workers: $1/; s/^invocations: .*/invocations: $2/" \
        "$COWLAB_SOURCE/plots/private-memory.yaml" >"$results/mine.yaml"
    cp "$COWLAB_SOURCE/plots/private-memory.gp" "$results/mine.gp"
    "$cowlab" plot "$results" --figure "$results/mine.yaml" >&2
    data mine | sed -n 2p
}

@test "a selection of one's own, with every reduction" {
    need_gnuplot
    make_results
    [ "$(reduced maximum maximum)" = "0 6 2 6" ]
    [ "$(reduced median mean)" = "0 3 1.5 4.5" ]
    rm "$results"/*-001.json
    [ "$(reduced mean median)" = "0 3.75 3 4.5" ]
    [ "$(reduced maximum mean)" = "0 5 4 6" ]
}

# refused SED-EXPRESSION MESSAGE: the selection, so changed, is refused.
refused()
{
    sed "$1" "$COWLAB_SOURCE/plots/private-memory.yaml" >"$results/mine.yaml"
    run "$cowlab" plot "$results" --figure "$results/mine.yaml"
    [ "$status" -eq 1 ]
    [[ $output == *"$results/mine.yaml:"*"$2"* ]] || {
        echo "$output"
        false
    }
}

@test "a wrong selection is refused with its place" {
    make_results
    refused 's/^title/titel/' "2:1: unknown key 'titel': did you mean 'title'?"
    refused '/^workers/d' "'workers' is missing"
    refused '/^title/d' "'title' is missing"
    refused 's/private-memory/privat-memory/' "9:13: unknown quantity 'privat-memory': did you mean 'private-memory'?"
    refused 's/MiB/percent/' "10:9: 'percent' is no unit of private-memory"
    refused 's/scale: log/scale: logg/' "unknown scale 'logg': did you mean 'log'?"
    refused 's/workers: mean/workers: meen/' "unknown workers 'meen': did you mean 'mean'?"
    refused 's/worker-requests/all-requests/' "private-memory and all-requests are of different rows"
    refused 's/quantity: worker-requests/quantity: [1]/' "4:13: expected"
}

@test "an unknown figure is refused with the nearest one" {
    make_results
    run "$cowlab" plot "$results" --figure erosoin
    [ "$status" -eq 1 ]
    [[ $output == *"unknown figure 'erosoin': did you mean 'erosion'?"* ]]
}

@test "without results: a message and status 3" {
    run "$cowlab" plot "$results"
    [ "$status" -eq 3 ]
    [[ $output == *"$results: no result"* ]]
    run "$cowlab" plot "$results/nowhere"
    [ "$status" -eq 3 ]
    [[ $output == *"$results/nowhere: No such file or directory"* ]]
    run "$cowlab" plot
    [ "$status" -eq 1 ]
}

@test "a file that is no result is refused by name" {
    make_results
    head -c 300 "$results/alpha-made-w2-001.json" >"$results/cut.json"
    run "$cowlab" plot "$results"
    [ "$status" -eq 3 ]
    [[ $output == *"$results/cut.json"* ]]
    echo '{"schema": 1, "status": "valid"}' >"$results/cut.json"
    run "$cowlab" plot "$results"
    [ "$status" -eq 3 ]
    [[ $output == *"$results/cut.json: not a whole result"* ]]
}

@test "without gnuplot: the data, the package's name and status 3" {
    make_results
    PATH=/nonexistent run "$cowlab" plot "$results" --figure erosion
    [ "$status" -eq 3 ]
    [[ $output == *"Debian package gnuplot-nox"* ]]
    [ -s "$results/figures/erosion.dat" ]
}

@test "a directory that cannot be written: a message and status 3" {
    make_results
    touch "$results/file"
    run "$cowlab" plot "$results" --out "$results/file"
    [ "$status" -eq 3 ]
    [[ $output == *"$results/file"* ]]
}

@test "the example in --help works" {
    need_gnuplot
    example=$("$cowlab" plot --help | grep -o 'cowlab plot results/demo.*')
    mkdir -p "$results/results/demo"
    python3 "$COWLAB_SOURCE/tests/make-results.py" "$results/results/demo"
    cd "$results" || return
    eval "$cowlab ${example#cowlab }"
    [ -s results/demo/figures/erosion.png ]
}
