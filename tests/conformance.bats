#!/usr/bin/env bats
# Every collector against every property.  The collectors are the programs in
# the build tree, so a new one is tested without an edit here.  A failing seed
# is given back with COWLAB_SEED.

load collectors

setup()
{
    find_collectors
    find_seed
}

# checksums WORKLOAD REQUESTS SETTING...: runs it on every collector; prints the
# checksums of each.  A sanitized build serves a third of the requests.
checksums()
{
    local program requests=$2
    [ -z "${COWLAB_SANITIZED:-}" ] || requests=$(((requests + 2) / 3))
    for program in "${collectors[@]}"; do
        echo "# ${program##*/} run $1 $requests ${*:3} seed=$seed" >&2
        "$program" run "$1" "$requests" "${@:3}" seed="$seed" |
            awk '/^(graph|graph_after_collection|replies) / { print $1, $2 }'
    done
}

# All collectors printed the same three lines, and collecting changed nothing.
agree()
{
    local lines
    lines=$(checksums "$@")
    [ "$(grep -c . <<<"$lines")" -eq $((3 * ${#collectors[@]})) ]
    [ "$(sort -u <<<"$lines" | grep -c .)" -eq 3 ]
    [ "$(awk '/^graph/ { print $2 }' <<<"$lines" | sort -u | grep -c .)" -eq 1 ]
}

@test "shadow: a collection every 50 steps" {
    agree shadow 15 collect-every=50
}

@test "shadow: a collection at every step" {
    agree shadow 2 steps=150 collect-every=1
}

@test "shadow: a collection at every allocation" {
    agree shadow 2 steps=150 collect-every=10 collect-allocations=1
    agree shadow 4 steps=400 collect-allocations=7
}

@test "shadow: minor collections at random steps" {
    agree shadow 10 minor-every=3 collect-every=150
}

@test "shadow: a fork in the middle, and collections on both sides" {
    agree shadow 5 fork-every=230 collect-every=40 minor-every=25
}

@test "shadow: collections when the heap is exhausted" {
    agree shadow 6 steps=20000 collect-every=0 wide=20000 option.reserve=2147483648
}

# No room for ten bytes of stack an object.
@test "shadow: a list of 100 000 objects is marked without recursion" {
    [ -n "${COWLAB_SANITIZED:-}" ] || ulimit -s 1024
    agree shadow 1 steps=3000 collect-every=1000 deep=100000
}

@test "equal checksums: largeobject, all shapes" {
    for lists in inline split; do
        for strings in shared distinct; do
            agree largeobject 12 list-count=300 string-count=5000 \
                build-every=2 lists="$lists" strings="$strings"
        done
    done
}

@test "equal checksums: uniform, all kinds of writes" {
    for writes in payload reference; do
        agree uniform 20 heap-bytes=2097152 write=20000 allocate=200000 \
            writes="$writes"
    done
    agree uniform 20 heap-bytes=2097152 allocate=200000 drop=300000
}

@test "equal checksums: stores into old objects" {
    agree stores 20 heap-bytes=1048576 stores=3000 allocate=2000 stride=7
    agree stores 20 heap-bytes=1048576 stored=old order=random allocate=2000
}

@test "equal checksums: read-mostly, all shapes and orders" {
    for lists in inline split; do
        for order in random sequential; do
            agree read-mostly 20 scale=20 lists="$lists" order="$order"
        done
    done
}

@test "equal checksums: session-cache, found and not" {
    for lists in inline split; do
        agree session-cache 300 scale=5 lists="$lists" lookups=20
    done
    agree session-cache 100 scale=1 keys=400 hot-lookups=0
}

@test "equal checksums: page-render, all shapes" {
    for lists in inline split; do
        agree page-render 20 scale=10 depth=5 lists="$lists" pages=2
    done
}

@test "equal checksums: a mix, and its parts by other weights" {
    agree mixed 100 scale=20
    agree mixed 100 scale=20 weight-read-mostly=0 session-cache.lookups=3 \
        weight-inline-cache=20 weight-constant-caches=20
}

@test "equal checksums: skkzipcode-like, both places of characters" {
    for characters in inline apart; do
        agree skkzipcode-like 20 scale=20 lines=100 characters="$characters"
    done
}

@test "equal checksums: key-value, both kinds of writes" {
    for writes in in-place replace; do
        agree key-value 300 scale=20 value-bytes=300 skew=3 weight-write=80 \
            writes="$writes"
    done
}

@test "equal checksums: fragmented, scattered and in clusters" {
    for cluster in 1 500; do
        agree fragmented 30 scale=20 cluster="$cluster"
    done
}

@test "equal checksums: orm-graph, both shapes, lazy attributes kept or not" {
    agree orm-graph 60 scale=20 lists=inline lazy=recomputed
    agree orm-graph 60 scale=20 lists=split
}

@test "equal checksums: the classic trees" {
    agree binary-trees 5 depth=8 scale=2500
    agree gcbench 5 depth=8 array=2000 scale=2500
}

@test "equal checksums: objects that age, in both shapes of list" {
    for lists in inline split; do
        agree make-objects 10 scale=5 made=3000 lists="$lists"
    done
}

@test "equal checksums: strings to be marked" {
    agree strings-10m 10 scale=2
}

@test "equal checksums: caches beside the bytecode and apart from it" {
    for caches in together apart; do
        agree inline-cache 10 scale=20 calls=500 warm=200 caches="$caches"
    done
}

@test "equal checksums: constants that are cached when they are first used" {
    agree constant-caches 10 scale=30 calls=150 warm=200
}
