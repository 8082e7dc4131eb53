#!/usr/bin/env bats
# Which pages counting breaks: by reading alone, and by looking for cycles.

load collectors

setup()
{
    command -v jq >/dev/null || skip "jq is not installed"
    workplace=$(mktemp -d)
    cd "$workplace" || exit 1
    find_seed
}

teardown()
{
    cd / && rm -rf "$workplace"
}

# measure NAME: a smaller copy of a shipped experiment.  In `pages`, for each
# result: what it was, the pages of the template's layout, how many pages of
# objects the workers broke at least and at most, and what shares of those that
# they inherited that is.
measure()
{
    sed -e 's/^invocations: 3/invocations: 1/; s/64 MiB/8 MiB/
        s/lists: \[/static: 1\n      list-count: 400\n      &/
        s/walk-lists: 100000/walk-lists: 5000/' \
        "$COWLAB_SOURCE/experiments/$1.yaml" >"$1.yaml"
    "$COWLAB_BUILD/cowlab" run "$1.yaml" --results results --quiet >table
    [ "$(jq -r .status results/*.json | sort -u)" = valid ]
    jq -s '[.[] | [.regions[] | select(.role == "objects") | .name] as $names
        | ([.inherited.by_region[$names[]]] | add) as $inherited
        | [.workers[].samples[-1].pages | [.[$names[]].broken] | add] as $broken
        | .template.layout + {subject: .cell.subject.name,
            workload: .cell.workload.name,
            lists: .cell.workload.parameters.lists,
            least: ($broken | min), most: ($broken | max)}
        | .least_share = .least / $inherited
        | .most_share = .most / $inherited]' results/*.json >pages
}

# hold FILTER: a jq filter that is true of each result; named where it is not.
hold()
{
    jq -c ".[] | select($1 | not)" pages >others
    if [ -s others ]; then
        echo "not so: $1"
        cat others
        return 1
    fi
}

# Those who write what they read; no other subject may break what it reads.
COUNTS='.subject | test("^refcount(-nogc|-freeze|-bitmap)?$")'

@test "reading: counts break what is read, unless they are elsewhere or never" {
    measure reading
    [ "$(jq '[.[].subject] | unique | length' pages)" -eq 8 ]
    hold ".workload != \"uniform\" or
        if $COUNTS then .least_share > 0.95 else .most_share < 0.05 end"
    # Of lists, the pages where they begin, which is where a count is.
    hold ".workload != \"largeobject\" or
        if $COUNTS then .least > 0.98 * .header_pages - 2
            and .most < 1.02 * .header_pages + 2
        else .most < 2 end"
    hold ".lists != \"inline\" or .header_pages > 50"
}

@test "reading: what is taken and let go at once is written all the same" {
    cat >values.yaml <<'END'
experiment: values
bursts: 1
requests-per-burst: 1
matrix:
  subject:
    - {name: refcount, prepare: [gc]}
    - {name: refcount-side, prepare: [gc]}
    - {name: refcount-immortal, prepare: [gc]}
  workload:
    - {name: read-mostly, scale: 20, batch: 4000, order: sequential,
       lists: split}
  workers: [1]
END
    "$COWLAB_BUILD/cowlab" run values.yaml --results results --quiet >table
    # Each record and each value was held once: all pages where an object
    # begins, or those of the table of counts.
    jq -e '.workers[0].samples[-1].pages.cells.broken ==
        .template.layout.header_pages' results/refcount-prepare-*.json
    jq -e '.workers[0].samples[-1].pages | .cells.broken == 0 and
        .counts.broken > 20' results/refcount-side-*.json
    jq -e '.workers[0].samples[-1].pages.cells.broken == 0' \
        results/refcount-immortal-*.json
}

# Those who write every container that the cyclic collector looks at.
WRITES='.subject | test("^refcount(-deferred)?$")'

@test "cyclic: a collection breaks what it looks at, unless bitmaps tell of it" {
    measure cyclic
    [ "$(jq '[.[].subject] | unique | length' pages)" -eq 7 ]
    hold ".workload != \"uniform\" or
        if $WRITES then .least_share > 0.95 else .most_share < 0.05 end"
    # The pages with a word for the copy of the count, and no others; it is
    # there in what is frozen, too.
    hold 'if .subject == "refcount-freeze" then .most == 0
        else .least == .mark_pages and .most == .mark_pages end'
}

@test "a template that was not asked is immortal before it is forked" {
    local program=$COWLAB_BUILD/collectors/refcount-immortal told
    told=$("$program" promise uniform 0 heap-bytes=1048576)
    [ "$(grep -c '^[a-z-]* broken_pages=0 ' <<<"$told")" -eq 8 ] ||
        grep -q '^skipped' <<<"$told"
    # By hand, no fork: nothing is immortal that was not made so.
    "$program" run uniform 1 heap-bytes=1048576 >told
    grep -qx 'immortal_objects 0' told
    "$program" run uniform 1 heap-bytes=1048576 prepare=immortalize >told
    grep -qx 'immortal_objects 16384' told
}

@test "cyclic garbage that a worker frees is declared, whoever counts" {
    find_collectors
    for program in "${collectors[@]}"; do
        [[ $program = */refcount* ]] || continue
        echo "# $program"
        told=$("$program" promise shadow 1 steps=9000 collect-every=0 \
            seed="$seed" option.cyclic=never)
        case $told in
        skipped*) skip "$told" ;;
        esac
        [ "$(grep -c ' undeclared=0$' <<<"$told")" -eq 8 ]
        # What is immortal is no garbage.
        [[ $program = */refcount-immortal ]] ||
            grep -q ' zero:body=[1-9]' <<<"$told"
    done
}

# reconciliations VALUE: how often frames were scanned with a table so long.
reconciliations()
{
    "$COWLAB_BUILD/collectors/refcount-deferred" run uniform 5 \
        heap-bytes=1048576 allocate=1000000 option.cyclic=never \
        option.zero-count-table="$1" | awk '$1 == "reconciliations" { print $2 }'
}

@test "deferred: the shorter the table, the more often frames are scanned" {
    few=$(reconciliations 10000)
    many=$(reconciliations 100)
    [ "$few" -ge 8 ]
    [ "$many" -gt $((50 * few)) ]
}
