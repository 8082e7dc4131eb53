#!/usr/bin/env bats
# The collector check: it convicts dishonest workloads, each of its own mistake,
# and none of those that ship.

# convicted WORKLOAD WORDS [SETTING...]: it ends within a few requests, and the
# words are said.
convicted()
{
    run "$COWLAB_BUILD/tests/check-dishonest" run "$1" 3 "${@:3}"
    echo "$1: status $status: $output"
    [ "$status" -eq 1 ]
    grep -q "^check: .*$2" <<<"$output"
    if grep -q '^replies' <<<"$output"; then
        false
    fi
}

@test "a reference that no frame has is convicted when it is used" {
    moved='a reference to an object that has moved was'
    convicted unrooted_load "$moved used: it was not in a frame" option.every=1
    convicted unrooted_store "$moved stored: it was not in a frame" option.every=1
    convicted rooted_late "$moved put into a frame: too late" option.every=1
}

@test "a store past the barrier is convicted at the next collection" {
    missed='a store without the barrier: into an object of kind 0 with 2 references'
    convicted past_the_barrier "$missed" option.every=1
    convicted past_the_barrier_in_buffer "$missed" option.every=1
    # Without a limit to what is made in between: at the last collection.
    run "$COWLAB_BUILD/tests/check-dishonest" run past_the_barrier 3
    [ "$status" -eq 1 ]
    grep -q "^check: $missed" <<<"$output"
}

@test "a ref_init that comes late is convicted, moved or not" {
    late='ref_init on an object that is not the newest'
    for workload in late_init late_init_in_buffer init_after_collection; do
        convicted "$workload" "$late"
    done
}

@test "an honest workload is acquitted" {
    for every in 0 1 2; do
        "$COWLAB_BUILD/tests/check-dishonest" run honest 20 option.every="$every"
    done
}

# acquitted WORKLOAD REQUESTS [SETTING...]: under moves at every object, at some,
# and with an address space that comes round.
acquitted()
{
    local how
    for how in every=1 every=3 every=50 reserve=16777216; do
        echo "check run $* option.$how"
        "$COWLAB_BUILD/collectors/check" run "$@" option."$how"
    done
}

@test "no workload that ships is convicted" {
    acquitted shadow 2 steps=200 collect-every=17
    acquitted uniform 20 heap-bytes=65536 read=20000 allocate=20000 \
        write=20000 writes=reference
    for lists in inline split; do
        acquitted largeobject 6 list-count=20 string-count=100 \
            strings=distinct lists="$lists" build-every=2
    done
    acquitted stores 4 heap-bytes=65536 stores=50 reads=50 allocate=20
    for lists in inline split; do
        acquitted read-mostly 4 scale=1 lists="$lists"
        acquitted session-cache 10 scale=1 lists="$lists"
        acquitted page-render 2 scale=1 depth=3 lists="$lists"
    done
    acquitted mixed 10 scale=1 page-render.depth=3 weight-inline-cache=50 \
        weight-constant-caches=50
    for characters in inline apart; do
        acquitted skkzipcode-like 3 scale=2 lines=20 characters="$characters"
    done
    for writes in in-place replace; do
        acquitted key-value 20 scale=2 weight-write=80 writes="$writes"
    done
    acquitted fragmented 12 scale=2 objects=20
    for lazy in kept recomputed; do
        acquitted orm-graph 20 scale=2 lists=split lazy="$lazy"
        acquitted orm-graph 20 scale=2 lists=inline lazy="$lazy"
    done
    acquitted binary-trees 4 depth=5 scale=2500
    acquitted gcbench 4 depth=5 array=100 scale=2500
    for lists in inline split; do
        acquitted make-objects 4 objects=100 made=20 lists="$lists"
    done
    acquitted strings-10m 4 strings=100
    for caches in together apart; do
        acquitted inline-cache 4 methods=100 calls=20 caches="$caches"
    done
    acquitted constant-caches 4 methods=50 calls=400
}

@test "every workload that ships was tried above" {
    listed=$("$COWLAB_BUILD/collectors/check" --describe |
        awk -F'\t' '$1 == "workload" { print $2 }' | sort)
    tried=$(sed -n 's/^ *acquitted \([a-z0-9-]*\) .*/\1/p' "$BATS_TEST_FILENAME" |
        sort -u)
    [ "$listed" = "$tried" ]
}

@test "a checking build verifies the heap after collections" {
    if [ -z "${COWLAB_CHECKING:-}" ]; then
        skip "not a checking build (--enable-checking)"
    fi
    "$COWLAB_BUILD/collectors/minimark" run binary-trees 20 |
        awk '/^verified_collections / { exit $2 <= 20 }'
    run "$COWLAB_BUILD/tests/check-verifier" run uniform 60 \
        allocate=200000 option.growth=110
    [ "$status" -eq 1 ]
    grep -q "forgetful: after a collection: .* is no live object" <<<"$output"
}
