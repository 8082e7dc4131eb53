#!/usr/bin/env bats
# cowlab compare: results that were made up, so that what must come out is
# known, and the experiment that runs one collector twice.
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

# compare STATUS ARGUMENT...: the comparison as JSON, in $output, ends so.
compare()
{
    local expected=$1
    shift
    run --separate-stderr "$cowlab" compare --json "$@"
    [ "$status" -eq "$expected" ] || { echo "$status: $stderr"; return 1; }
}

# refused STATUS WORDS ARGUMENT...: it ends so, with these words and no data.
refused()
{
    local expected=$1 words=$2
    shift 2
    run --separate-stderr "$cowlab" compare "$@"
    [ "$status" -eq "$expected" ] || { echo "$status: $stderr"; return 1; }
    [ -z "$output" ]
    [[ $stderr == *"$words"* ]] || { echo "$stderr"; return 1; }
}

@test "compare: cells of one run are compared invocation by invocation" {
    make_cell set label=alpha + set label=beta rate=103
    mv set/alpha-made-w2-001.json set/zzz.json # whatever its name
    compare 0 set:subject=alpha set:subject=beta
    # Both waver by 2 %, in step: their ratio does not waver at all.
    jq -e '.pairs | length == 1 and .[0].paired and
        (.[0].measures.requests_per_second |
         .a.n == 10 and (.a.median - 100 | fabs) < 1e-6 and
         .a.low < 99 and .a.high > 101 and .verdict == "higher" and
         ([.ratio.ratio, .ratio.low, .ratio.high][] - 1.03 | fabs) < 1e-9)' \
        <<<"$output"
    # So they are if one began half a minute after the other, but not if all of
    # one came after the other.
    make_cell set label=beta rate=103 begun=30
    compare 0 set:subject=alpha set:subject=beta
    jq -e '.pairs[0].paired' <<<"$output"
    make_cell set label=beta rate=103 begun=3600
    compare 0 set:subject=alpha set:subject=beta
    jq -e '.pairs[0] | (.paired | not) and .measures.requests_per_second.ratio
        .low < 1.02 and (.paired_why | test("not measured in turn"))' \
        <<<"$output"
    "$cowlab" compare set:subject=alpha set:subject=beta >table
    grep -q 'drawn independently, .*: they were not measured in turn' table
    make_cell set label=beta rate=103
    # From two directories nobody knows what wavered with what.
    make_cell other label=beta rate=103
    compare 0 set:subject=alpha other
    jq -e '.pairs[0] | (.paired | not) and (.paired_why | test("different"))' \
        <<<"$output"
    jq -e '.pairs[0].measures.requests_per_second |
        .ratio.low < 1.02 and .ratio.high > 1.04' <<<"$output"
    # Nor where the invocations are others.
    make_cell set label=alpha first=11 shift=3
    compare 0 'set:subject=alpha,invocation=1|2|3|4|5|6' \
        'set:subject=alpha,invocation=11|12|13|14|15|16'
    jq -e '.pairs[0].paired | not' <<<"$output"
}

@test "compare: same, lower, higher, and what was not measured" {
    make_cell set label=alpha
    make_cell set label=beta rate=80 broken=60 shift=3
    compare 0 set:subject=alpha set:subject=beta
    jq -e '.pairs[0].measures |
        .requests_per_second.verdict == "lower" and
        .broken_share.verdict == "higher" and
        (.broken_share.ratio | .low == .high and .ratio == .low) and
        .pss_bytes.verdict == "same" and
        .p99_ns.a.median == null and .p99_ns.a.median_why != null and
        .p99_ns.ratio == null and .p99_ns.ratio_why == "neither measured it"' \
        <<<"$output"
    jq -e '.pairs[0].events["page-faults"] |
        .a.median == 7 and .verdict == "same"' <<<"$output"
    jq -e '.pairs[0].steady.requests_per_second.a |
        .from == null and .from_why != null' <<<"$output"
    "$cowlab" compare set:subject=alpha set:subject=beta >table
    grep -qE '^  requests/s +100\.0 +\[98\.[0-9], 101\.[0-9]\] +80\.0 .* lower$' \
        table
    grep -qE '^  pss MiB .* 1\.000  \[1\.000, 1\.000\]  same$' table
    grep -q '^Measured in neither: .*p50 ms; p99 ms; first coll' table
    run ! grep -q ' $' table
    # The longest service is told of closed loops as well.
    make_cell loop label=alpha tail=yes + loop label=beta tail=yes
    "$cowlab" compare loop:subject=alpha loop:subject=beta >table
    grep -q '^arrivals and latencies of requests, of all workers$' table
    grep -q '^  service p99.9 ms ' table
    run ! grep 'were due' table
    # Events that were counted in other modes are no measure of each other.
    make_cell other label=beta counted=user
    compare 0 set:subject=alpha other
    jq -e '.pairs[0].events["page-faults"] | .ratio == null and
        (.ratio_why | contains("other modes"))' <<<"$output"
}

@test "compare: with too few invocations nothing is called the same" {
    make_cell set label=alpha count=5 + set label=beta count=10
    compare 0 set:subject=alpha set:subject=beta
    jq -e '.intervals.minimum == 6 and (.pairs[0].measures.pss_bytes |
        .a.median == 1048576 and .a.n == 5 and .a.low == null and
        .a.low_why == "too few invocations" and .b.low == 1048576 and
        .ratio.ratio == 1 and .ratio.n == 5 and .ratio.low == null and
        .verdict == "too few")' <<<"$output"
    # A file is one invocation.
    run --separate-stderr "$cowlab" compare set/alpha-made-w2-001.json \
        set/beta-made-w2-002.json
    [ "$status" -eq 0 ]
    [[ $output == *"1 valid invocation"* ]]
    [[ $output == *"Too few invocations"* ]]
}

@test "compare: which cells belong together" {
    make_cell before label=alpha + before label=alpha workers=4 + \
        before label=beta + after label=alpha + after label=alpha workers=4 + \
        after label=beta
    # The same ids.
    compare 0 before after
    jq -e '[.pairs[] | .a.id == .b.id] | all and length == 3' <<<"$output"
    # What one side lacks is missing, and said to be.
    rm after/alpha-made-w4-*
    compare 2 before after
    jq -e '(.pairs | length == 2) and
        .missing == [{"cell": "alpha-made-w4", "side": "B"}]' <<<"$output"
    run "$cowlab" compare before after
    [ "$status" -eq 2 ]
    [[ $output == *"Missing in B: alpha-made-w4."* ]]
    # All is equal but the subject, or the number of workers.
    make_cell before label=beta workers=4
    compare 0 before:subject=alpha before:subject=beta
    jq -e '[.pairs[] | [.a.id, .b.id]] == [
        ["alpha-made-w2", "beta-made-w2"], ["alpha-made-w4", "beta-made-w4"]] and
        all(.pairs[]; .paired)' <<<"$output"
    compare 0 before:workers=2 before:workers=4
    jq -e '[.pairs[].b.id] == ["alpha-made-w4", "beta-made-w4"]' <<<"$output"
    # Two cells of one side would have the same partner.
    make_cell other label=gamma workers=2
    refused 1 'no cell of A (4) belongs to one of B (1)' before other
}

@test "compare: invalid invocations are left out, named, and the status is 2" {
    make_cell set label=alpha + set label=beta invalid=4
    compare 2 set:subject=alpha set:subject=beta
    jq -e '.pairs[0] | .a.valid == 10 and .b.valid == 9 and
        .b.invalid == [{"invocation": 4, "reason": "worker-died",
                        "detail": "worker 1 was killed"}] and
        .measures.requests_per_second.ratio.n == 9' <<<"$output"
    run "$cowlab" compare set:subject=alpha set:subject=beta
    [ "$status" -eq 2 ]
    [[ $output == *"B is without invocation 4, which is invalid: worker-died: worker 1 was killed."* ]]
    # Those that are not asked for do not matter.
    compare 0 set:subject=alpha 'set:subject=beta,invocation=1|2|3|5|6|7'
    make_cell none label=beta count=1 invalid=1
    compare 2 set:subject=alpha none
    jq -e '.pairs[0].measures.requests_per_second.ratio_why ==
        "B did not measure it"' <<<"$output"
}

@test "compare: results of different machines are refused unless told" {
    make_cell here label=alpha + there label=alpha cpu='Test 2'
    refused 3 'cpu_model is "Test 1" and "Test 2"' here there
    compare 0 --across-machines here there
    [[ $stderr == *"different machines"* ]]
    jq -e '.machine_differences[0] ==
        {"key": "cpu_model", "a": "Test 1", "b": "Test 2"}' <<<"$output"
    # Also where one side was begun here and ended there.
    make_cell here label=beta count=5
    make_cell here label=beta count=5 first=6 cpu='Test 2'
    refused 3 'different machines' here:subject=alpha here:subject=beta
    # Also where A's first cell has no valid invocation to tell its machine.
    make_cell failed label=alpha count=1 invalid=1 + failed label=gamma + \
        moved label=alpha count=1 invalid=1 + moved label=gamma cpu='Test 2'
    refused 3 'cpu_model is "Test 1" and "Test 2"' failed moved
    # Nobody knows.
    make_cell nowhere label=alpha environment=no
    compare 0 here:subject=alpha nowhere
    jq -e '[.warnings[].code] == ["machine-unknown"]' <<<"$output"
}

@test "compare: other settings, experiments and programs are said" {
    make_cell before label=alpha
    make_cell after label=alpha thp=always hash=ffffffffffffffff commit=def \
        program=2222222222222222 compiler='cc 2'
    compare 0 before after
    jq -e '[.warnings[].code] | sort == ["build", "commit", "experiment_hash",
        "program_hash", "settings"]' <<<"$output"
    [[ $stderr == *"another build of alpha: its compiler is cc 1 and cc 2"* ]]
    [[ $stderr == *"was not set the same way: thp_enabled"* ]]
    [[ $stderr == *"commit of cowlab: abc and def"* ]]
    # Two subjects are two programs.
    make_cell after label=beta program=3333333333333333
    compare 0 before after:subject=beta
    jq -e '.warnings == []' <<<"$output"
}

@test "compare: what is refused" {
    make_cell set label=alpha count=2 + set label=beta count=2
    refused 1 'A and B are the same: both have invocation 1 of alpha-made-w2' \
        set set
    refused 1 "set: unknown subject 'alpah': did you mean 'alpha'?" \
        set:subject=alpah set:subject=beta
    refused 1 "set: unknown key 'sub': " set:sub=alpha set
    make_cell set label=gamma count=3
    refused 1 "'subject=alpha,invocation=3' takes no invocation that is there" \
        set:subject=gamma set:subject=alpha,invocation=3
    refused 1 'nowhere: No such file or directory; give a result file' \
        set:subject=alpha nowhere
    refused 1 'compare which two?' set
    refused 1 "a third side 'c'" a b c
    mkdir empty
    refused 1 'empty: no result (*.json) in it' empty set
    cp set/alpha-made-w2-001.json set/again.json
    refused 1 'invocation 1 of alpha-made-w2 is there twice' set set
    echo '{' >set/again.json
    refused 1 'set/again.json:' set:subject=alpha set:subject=beta
    rm set/again.json
    # A colon in a name is no selection.
    make_cell a:b=c label=gamma
    compare 0 set:subject=alpha a:b=c:subject=gamma
}

@test "compare: --help has an example that works" {
    make_cell results/demo label=mark-header
    make_cell results/demo label=mark-side
    example=$("$cowlab" compare --help |
        tr '\n' ' ' | sed -n 's/.*Example: \(cowlab compare [^ ]* *[^ ]*\).*/\1/p')
    [[ $example == "cowlab compare results/demo:subject=mark-header"* ]]
    eval "$cowlab ${example#cowlab }"
}

# Of what is measured in time, four times in all, three are the same.
times_are_same()
{
    jq -e '.pairs[0].measures | [.requests_per_second, .p50_ns, .p99_ns,
        .first_full_collection_ns] | map(select(.verdict == "same"))
        | length >= 3' <<<"$output"
}

# The experiment that ships, with small objects and as few invocations as there
# are intervals for.
@test "compare: a collector is the same as itself" {
    sed -e 's/^invocations: 10/invocations: 6/; s/^bursts: 10/bursts: 8/
        s/^requests-per-burst: 40/requests-per-burst: 4/
        s/{name: largeobject, /&static: 1, list-count: 40, /' \
        "$COWLAB_SOURCE/experiments/same.yaml" >same.yaml
    run ! cmp -s same.yaml "$COWLAB_SOURCE/experiments/same.yaml"
    "$cowlab" run same.yaml --results same --json --quiet >run.json
    compare 0 same:subject=first same:subject=second
    # What is counted in the heap is the same exactly, in every invocation.
    jq -e '.pairs[0] | .paired and (.measures |
        [.object_pages, .header_pages, .mark_pages, .idle_broken_pages,
         .collections] |
        all(.verdict == "same" and .a.median > 0 and .ratio.n == 6 and
            [.ratio[]] == [1, 1, 1, 6]))' <<<"$output"
    # Of what is measured in time an interval in twenty may miss, as it does in
    # unit-interval.c: of three runs one must not.
    compared=$output
    for seed in 2 3 none; do
        times_are_same && break
        [ "$seed" != none ]
        "$cowlab" run same.yaml --set seed=$seed --results "same-$seed" --quiet
        compare 0 "same-$seed:subject=first" "same-$seed:subject=second"
    done
    output=$compared
    # The run's own table says the same of them.
    jq --argjson compared "$output" -e '.cells | length == 2 and
        (.[1].intervals | .rate_by_mark_header as $ratio |
         .requests_per_second as $rate |
         $compared.pairs[0].measures.requests_per_second |
         .ratio.ratio == $ratio.ratio and .ratio.low == $ratio.low and
         .verdict == $ratio.verdict and .b.high == $rate.high) and
        all(.[]; .steady.broken_share.steady + .steady.broken_share.none == 6)
        ' run.json
    "$cowlab" run same.yaml --results same --quiet >table
    [[ $(jq -r .cells[1].intervals.rate_by_mark_header.verdict run.json) \
        != same ]] || grep -qE '^  second .* same [0-9.]+ ' table
    grep -q '^steady from burst, in every invocation$' table
    run ! grep 'not paired' table
    jq -e '.cells[1].intervals.rate_by_mark_header.paired' run.json
    # As if all of one cell had come after the other.
    for file in same/second-*.json; do
        jq '.started_at |= sub("^2"; "3")' "$file" >later
        mv later "$file"
    done
    "$cowlab" run same.yaml --results same --quiet >table
    grep -qE '^second-.* / mark-header is not paired by repetition' table
    "$cowlab" run same.yaml --results same --quiet --json |
        jq -e '.cells[1].intervals.rate_by_mark_header.paired | not'
}
