#!/usr/bin/env bats
# The experiments that ship, run small with the collectors of the build tree,
# and what they must show: which pages the placement of a mark breaks.

load back
load experiments

setup()
{
    set_up_experiments
}

teardown()
{
    tear_down_experiments
}

# The pages that a worker's first idle collection broke in a region of a role.
BROKEN='def broken(role):
    [.regions[] | select(.role == role) | .name] as $names
    | [.workers[] | [.samples[] | select(.moment == "collection")][0].pages
       | [.[$names[]].broken] | add];'

# What the kernel counts twice is the same twice, in every sample.
PAGES_AGREE='[.workers[].samples[]
    | (.pages.total.broken + .pages.total.new + .lone_file_pages) * 4096
      == .uss_bytes] | all'
GROWTH_AGREES='[.workers[] | .samples[0] as $first | .samples[]
    | ((.pages.total.broken + .pages.total.new)
       - ($first.pages.total.broken + $first.pages.total.new)) * 4096
      == .private_dirty_bytes - $first.private_dirty_bytes] | all'
FRAMES_AGREE='. as $result | (.inherited.frames_known | not) or
    ([.workers[].samples[].pages | .[$result.regions[].name]
      | .broken == .moved] | all)'

collector_count()
{
    "$cowlab" list collectors --json | jq '.collectors | length'
}

@test "placement: what one full collection breaks in an idle worker" {
    shrink placement 's/256 MiB/16 MiB/; s/^invocations: 3/invocations: 1/
        s/lists: \[inline, split\]/static: 1\n      &/'
    "$cowlab" run placement.yaml --results results --quiet >table

    every '.status == "valid"'
    every '[.warnings[].code] | index("page-counts-disagree") == null'
    every "$PAGES_AGREE"
    every "$GROWTH_AGREES"
    every "$FRAMES_AGREE"
    # The pages that the layout says hold a mark, and no others: the oracle.
    every "$BROKEN"' .template.layout.mark_pages as $marks
        | broken("objects") | all(. == $marks)'
    every "$BROKEN"' .cell.subject.name != "mark-header"
        or (.template.layout.header_pages as $headers
            | broken("objects") | all(. == $headers))'
    # On uniform that is every object page of the template with header marks, a
    # half or a quarter of them with marks at the end of blocks of two or four
    # pages, and with side marks none.
    for share in mark-header::1 mark-flip::1 mark-page:8192:0.5 \
        mark-page:16384:0.25 mark-side::0 mark-hash::0; do
        IFS=: read -r name block expected <<<"$share"
        every "$BROKEN"' .cell.subject.name != "'"$name"'"
            or .cell.workload.name != "uniform"
            or ("'"$block"'" != ""
                and .cell.subject.options.block != "'"$block"'")
            or (.inherited.by_region.cells as $pages | broken("objects")
                | all(. / $pages - '"$expected"' | fabs < 0.02))'
    done
    # A side bitmap breaks its own pages: one bit for 16 bytes.
    every '.cell.subject.name != "mark-side"
        or (.template.layout.side_mark_pages as $pages
            | [.workers[].samples[1].pages.marks | .broken + .new]
            | all(. >= $pages and . <= 1.02 * $pages + 1))'
    every '.cell.subject.name != "mark-side" or .cell.workload.name != "uniform"
        or ((.template.layout.object_bytes / 128 / 4096) as $pages
            | [.workers[].samples[1].pages.marks | .broken + .new]
            | all(. >= $pages - 1 and . <= $pages + 1))'
    # All data is live: the sweep wrote no link.
    every '[.workers[].stats.link_writes] | all(. == 0)'
    every '[.workers[].stats.collections] | all(. == 2)'
    grep -q 'pages broken by an idle full collection' table
    grep -q 'with mark  broken  broken %' table
}

@test "holes: who breaks pages when nothing but allocation happens" {
    shrink holes 's/64 MiB/8 MiB/; s/^invocations: 3/invocations: 1/
        s/^bursts: 10/bursts: 2/'
    "$cowlab" run holes.yaml --results results --quiet >table
    every '.status == "valid"'
    every '[.workers[].stats.collections] | all(. == 0)'
    every '.template.layout.free_cells > 20000'
    # Into holes: about as many pages as the objects of a request need, each with
    # room for a fifth of them; else only the pages that were being filled.
    broken='[.workers[].samples[-1].pages.cells.broken]'
    every "(.cell.subject.options | [.free, .[\"after-fork\"]]) as \$policy
        | $broken | if \$policy == [\"list\", \"reuse\"]
            or \$policy == [\"bitmap\", \"reuse\"]
            then all(. > 100) else all(. <= 2) end"
    [ "$(find results -name '*.json' | wc -l)" -eq 6 ]
}

@test "shadow: every collector agrees with its model before and after a fork" {
    shrink shadow 's/invocations: 2/invocations: 1/; s/steps: 3000/steps: 1000/'
    "$cowlab" run shadow.yaml --results results --quiet >table
    every '.status == "valid"'
    every "$PAGES_AGREE"
    every "$FRAMES_AGREE"
    [ "$(find results -name '*.json' | wc -l)" -eq "$(collector_count)" ]
}

@test "compaction: the more is pinned, the more pages break" {
    shrink compaction 's/64 MiB/16 MiB/; s/^invocations: 3/invocations: 1/
        s/^bursts: 10/bursts: 4/'
    "$cowlab" run compaction.yaml --results results --quiet >table
    every '.status == "valid"'
    every '[.workers[].stats.collections] | all(. == 0)'
    # Of one worker at the end: as many as are listed, in this order.
    jq -s '[.[] | {(.cell.subject.label):
        ([.workers[].samples[-1].pages.total.broken] | add / length)}] | add
        | [.["compacted, dropped pinned=0"], .["compacted pinned=0"],
           .["compacted pinned=25"], .["compacted pinned=50"],
           .["compacted pinned=54"], .["compacted pinned=75"],
           .["not compacted"]]' results/*.json >broken
    jq -e '. == sort and .[0] < 0.2 * .[-1] and .[1] < 0.7 * .[-1]' broken || {
        cat broken
        false
    }
}

@test "collectors: a row for each, and what generations count" {
    shrink collectors 's/^invocations: 3/invocations: 1/
        s/^bursts: 5/bursts: 1/; s/32 MiB/8 MiB/
        s/strings: distinct/static: 1, list-count: 400, &/'
    "$cowlab" run collectors.yaml --results results --quiet >table
    every '.status == "valid"'
    [ "$(find results -name '*.json' | wc -l)" -eq \
        $((2 * ($(collector_count) - 2))) ]
    grep -q 'peak MiB' table
    # The peak is the template's and the most that all workers had at once.
    "$cowlab" run collectors.yaml --results results --quiet --json >table.json
    jq -s '[.[] | .template.memory.uss_bytes
        + ([range(.workers[0].samples | length) as $n
            | [.workers[].samples[$n].uss_bytes] | add] | max)]
        | sort' results/*.json >peaks
    jq '[.cells[].peak_bytes] | sort' table.json | cmp - peaks
    every '(.template.layout // {}).object_bytes as $objects
        | $objects == null or .template.memory.uss_bytes > $objects'
    jq -e '[.cells[] | select(.subject == "nogc") | .rate_by_nogc]
        == [1, 1]' table.json
}

@test "latency: what is due during a collection waits, which no service tells" {
    shrink latency 's/^invocations: 3/invocations: 1/; s/64 MiB/16 MiB/
        s/^requests-per-burst: 4000/requests-per-burst: 2000/
        /^    - nogc/d; /3600}$/d'
    "$cowlab" run latency.yaml --results results --quiet >table
    every '.status == "valid"'
    [ "$(find results -name '*.json' | wc -l)" -eq 6 ]
    every '.cell.arrivals != "closed" or
        ([.workers[].latency | .response == null and .response_why != null]
         | all)'
    # Whatever was due in the first half of a collection took longer than the
    # other half: of constant arrivals so many, of which 2 at its ends may lack.
    every '.cell.arrivals == "closed" or ([.workers[]
        | .latency.response.count == 1000 and .latency.wakeup.count > 0 and
          .latency.response.sum_ns > .latency.service.sum_ns and
          .first_full_collection_ns > 0] | all)'
    every '.cell.arrivals != "constant" or ([.workers[]
        | (.first_full_collection_ns / 2) as $half
        | ([.latency.response.buckets[]
            | select(.[0] >= $half * 63 / 64) | .[1]] | add)
          >= $half * 1200 / 1e9 - 2] | all)'
    grep -q 'arrivals=poisson requests-per-second=2400, 2 workers$' table
    grep -q '^arrivals and latencies of requests, of all workers$' table
}

@test "barriers: what each means of remembering breaks beside the work" {
    shrink barriers 's/^invocations: 3/invocations: 1/; s/^bursts: 5/bursts: 1/
        s/requests-per-burst: 80/requests-per-burst: 40/
        s/- name: stores/&\n      heap-bytes: 8388608/'
    for remember in userfaultfd written exclusive; do
        told=$("$COWLAB_BUILD/collectors/gencopy-page" run stores 0 \
            option.remember=$remember 2>&1) || skip "$told"
    done
    "$cowlab" run barriers.yaml --results results --quiet >table
    every '.status == "valid"'
    every "$PAGES_AGREE"
    grep -q 'p50 ms  p99 ms' table
    # By the work: the pages of objects that were stored into, in all the same.
    broken='([.workers[].samples[-1].pages
        | ([.["space-a", "space-b", "cells"] | .broken // 0] | add)] | add)'
    for stores in 20 2000; do
        jq -s "[.[] | select(.cell.workload.parameters.stores == \"$stores\"
            and .cell.subject.name != \"nogc\") | $broken] | unique
            | length == 1 and .[0] > 100" results/*.json | grep -qx true
    done
    # By the means: tables beside the heap, or nothing at all.
    means='([.workers[].samples[-1].pages | to_entries[]
        | select((.key | IN("cards", "unit-written", "remembered"))
            and .value.broken + .value.new > 0) | .key] | unique)'
    every '.cell.subject as $subject | '"$means"' == (
        if $subject.name == "gencopy" then ["remembered"]
        elif $subject.name == "gencopy-card" then ["cards"]
        elif $subject.options.remember | IN("mprotect", "userfaultfd")
        then ["unit-written"] else [] end)'
    every '[.workers[].samples[-1].pages | .cards.broken // 0] | all(. < 10)'
}

@test "demo: the whole path, small" {
    shrink demo 's/^invocations: 3/invocations: 1/; s/^bursts: 10/bursts: 1/
        s/requests-per-burst: 100/requests-per-burst: 40/'
    "$cowlab" run demo.yaml --results results --quiet >table
    every '.status == "valid"'
    validate results/*.json
    every "$PAGES_AGREE"
    # The first collection of mark-header broke the sharing of the objects, the
    # others' did not.
    erosion='[.workers[].samples[-1].pages
        | [.cells, .large | .broken] as $broken
        | [.cells, .large | .broken + .shared] as $inherited
        | ($broken | add) / ($inherited | add)] | add / length'
    every ".cell.subject.name != \"mark-header\" or ($erosion) > 0.5"
    every "(.cell.subject.name | test(\"mark-(side|hash)\") | not)
        or ($erosion) < 0.02"
    # Replies are equal everywhere, in Python too.
    [ "$(jq -r '[.workers[].reply_checksum] | join(" ")' results/*.json |
        sort -u | wc -l)" -eq 1 ]
    "$cowlab" plot results >figures
    [ "$(grep -c . figures)" -eq 15 ]
}

@test "paper-2018: small" {
    "$cowlab" run "$COWLAB_SOURCE/experiments/paper-2018.yaml" --quiet \
        --set invocations=1 --set bursts=1 --set requests-per-burst=8 \
        --only 'list-count=100|400' --results results >table
    every '.status == "valid"'
    every '.cell.workload.parameters["build-every"] == "1"'
    [ "$(find results -name '*.json' | wc -l)" -eq 12 ]
}

@test "pressure: marks in headers swap, the others need not" {
    for code in memory-groups swap-files; do
        why=$("$cowlab" doctor --json | jq -r --arg code $code '.findings[]
            | select(.code == $code and .level != "ok") | .found')
        [ -z "$why" ] || skip "$why"
    done
    shrink pressure 's/^invocations: 7/invocations: 1/; s/^bursts: 24/bursts: 12/
        s/list-count: 800/list-count: 400/; s/string-count: 16000/string-count: 4000/
        s/build-every: 20/build-every: 10/; s/^memory:.*/memory: 260 MiB/'
    "$cowlab" run pressure.yaml --results results --quiet >table
    every '.status == "valid"'
    validate results/*.json
    every '.limits.memory_bytes == 260 * 1048576'
    every '([.limits.looks[].swap_bytes] | max) as $swap
        | if .cell.subject.name == "mark-header" then $swap > 30 * 1048576
          else $swap == 0 and .limits.peak_bytes < 260 * 1048576 end'
    # Swapping began late, and left no swap behind.
    every '.cell.subject.name != "mark-header" or
        ([.limits.looks[] | select(.swap_bytes > 0)][0].requests >= 300)'
    every '.limits.machine
        | .swap_total_before_bytes == .swap_total_after_bytes'
    grep -q 'memory MiB  swap MiB  major faults  pages swapped back' table
}

@test "the experiment of README runs" {
    sed -n '/^```yaml$/,/^```$/p' "$COWLAB_SOURCE/README.md" |
        sed -e '/^```/d; s/^invocations: 3/invocations: 1/; s/^bursts: 5/bursts: 1/' \
            >readme.yaml
    "$cowlab" run readme.yaml --results results --quiet >table
    every '.status == "valid"'
    [ "$(find results -name 'mark-side-*.json' | wc -l)" -eq 6 ]
}
