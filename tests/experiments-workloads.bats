#!/usr/bin/env bats
# The experiments on workloads that others published, run small, and what they
# must show.

load experiments

setup()
{
    set_up_experiments
}

teardown()
{
    tear_down_experiments
}

# of LABEL FILTER: a jq filter on each result of a subject; its values, a line
# each.
of()
{
    jq -r --arg subject "$1" \
        "select(.cell.subject.label == \$subject) | $2" results/*.json
}

# The pages of objects that the workers of a result broke.
BROKEN='(. as $result | [.regions[] | select(.role == "objects") | .name] as $names
    | [.workers[].samples[-1].pages | .[$names[]].broken] | add)'

# Pages that a subject of a label broke, of all its results.
broken()
{
    of "$1" "$BROKEN" | awk '{ sum += $1 } END { print sum }'
}

@test "nakamura: marks in headers break what marks elsewhere leave shared" {
    shrink nakamura 's/^invocations: 10/invocations: 1/; s/^bursts: 4/bursts: 1/
        s/^requests-per-burst: 2500/requests-per-burst: 200/
        s/workload: .*/workload: [{name: skkzipcode-like, scale: 20}]/
        s/workers: \[5\]/workers: [2]/'
    "$cowlab" run nakamura.yaml --results results --quiet >table
    every '.status == "valid"'
    every '[.workers[].stats.collections] | all(. > 0)'
    for subject in mark-hash mark-side-scattered mark-side; do
        [ "$(broken mark-header)" -gt $((2 * $(broken $subject))) ]
    done
    grep -q 'ruby-core 41916' table
    "$cowlab" compare --published results --json |
        jq -e '[.. | .verdict? | strings] | length == 3'
}

@test "orm-graph: stores break pages where they are kept, counts in any case" {
    shrink orm-graph 's/^bursts: 10/bursts: 1/
        s/^requests-per-burst: 800/requests-per-burst: 40/
        s/name: orm-graph,/& scale: 20,/; s/workers: \[4\]/workers: [2]/
        /name: mark-\|name: minimark/d'
    "$cowlab" run orm-graph.yaml --results results --quiet >table
    every '.status == "valid"'
    stores='([.blame.rows[]
        | select(.phase == "request" and .kind == "reference") | .pages] | add)'
    every ".cell.workload.parameters.lazy == \"recomputed\" or $stores > 20"
    every ".cell.workload.parameters.lazy == \"kept\" or $stores == null"
    every '.cell.subject.label != "refcount" or
        ([.blame.rows[] | select(.kind == "count") | .pages] | add) > 50'
    [ "$(find results -name '*.json' | wc -l)" -eq 4 ]
}

@test "fragmented: what was not collected before the fork breaks in each worker" {
    shrink fragmented 's/^invocations: 3/invocations: 1/; s/^bursts: 8/bursts: 1/
        s/^requests-per-burst: 200/requests-per-burst: 80/
        s/freed: .*\]}/freed: 500, cluster: 1, scale: 100}/
        s/workers: \[4\]/workers: [2]/'
    "$cowlab" run fragmented.yaml --results results --quiet >table
    every '.status == "valid"'
    collected=$(broken collected)
    [ "$(broken "not collected")" -gt $((2 * collected)) ]
    [ "$collected" -gt $((4 * $(broken "collected, whole pages"))) ]
    [ "$collected" -gt $((10 * $(broken "collected, fresh pages"))) ]
    [ "$collected" -gt "$(broken compacted)" ]
    [ "$(broken compacted)" -gt $((2 * $(broken "compacted, dropped"))) ]
}

@test "key-value: nothing but the payload breaks pages, unless reading counts" {
    shrink key-value 's/^bursts: 5/bursts: 1/; s/mark-header, //
        s/scale: 5240/scale: 520/; /value-bytes: \(256\|4096\|16384\)/d; /scale: 330}/d'
    "$cowlab" run key-value.yaml --results results --quiet >table
    every '.status == "valid"'
    # Of each kind of writes: the same pages, to the last, in nogc and mark-side.
    jq -s "[.[] | {writes: .cell.workload.parameters.writes,
        subject: .cell.subject.name, broken: $BROKEN}] | group_by(.writes)[]
        | [.[] | select(.subject != \"refcount\") | .broken] | unique
        | length == 1 and .[0] > 20" results/*.json >same
    [ "$(paste -sd ' ' same)" = "true true" ]
    [ "$(broken refcount)" -gt "$(broken nogc)" ]
    grep -q '; amplification [0-9]' table
}

@test "workloads: an idle collection breaks headers in all of them, bitmaps in none" {
    shrink workloads 's/scale: [0-9]*/scale: 10/; s/depth: 1[0-9]/depth: 8/
        s/^requests-per-burst: 200/requests-per-burst: 8/
        s/subject: .*/subject: [mark-side, mark-header]/'
    "$cowlab" run workloads.yaml --results results --quiet >table
    # mark-side breaks none where the template has no garbage, whose cells the
    # sweep would chain.
    every '.status == "valid" and
        ([.regions[] | select(.role == "objects") | .name] as $names
         | ([.workers[].samples[] | select(.moment == "collection")
             | .pages | [.[$names[]].broken] | add] | add) as $idle
         | if .cell.subject.name == "mark-header" then $idle > 12
           else (.cell.workload.name | test("fragmented|trees|gcb|skk"))
                or $idle < 10 end)'
    # Every workload that stands for a published system, but the mix of them.
    "$COWLAB_BUILD/collectors/mark-side" --describe |
        awk -F'\t' '$1 == "workload" { print $2 }' | sort >all
    jq -r '.cell.workload.name' results/*.json | sort -u >tried
    [ "$(comm -23 all tried | paste -sd ' ')" = \
        "largeobject mixed shadow stores uniform" ]
}
