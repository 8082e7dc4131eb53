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

# Runs a workload on every collector; prints the checksums of each.
checksums()
{
    local program
    for program in "${collectors[@]}"; do
        echo "# ${program##*/} run $* seed=$seed" >&2
        "$program" run "$@" seed="$seed" |
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
    agree shadow 10 fork-every=230 collect-every=40 minor-every=25
}

@test "shadow: collections when the heap is exhausted" {
    agree shadow 20 steps=20000 collect-every=0 wide=20000 option.reserve=2147483648
}

@test "shadow: a list of half a million objects is marked without recursion" {
    agree shadow 1 steps=3000 collect-every=1000 deep=500000
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

@test "equal checksums: the classic trees" {
    agree binary-trees 5 depth=8
    agree gcbench 5 depth=8 array=2000
}

@test "a heap that is too small ends with a message that names the option" {
    for program in "${collectors[@]}"; do
        run "$program" run uniform 1 heap-bytes=67108864 option.reserve=16777216
        [ "$status" -ne 0 ]
        grep -q "raise the option 'reserve'" <<<"$output"
    done
}

# The limit counts what the heap and the model commit, so that the n-th MiB is
# the one that the kernel refuses.  One that leaves no room for the program's
# own data tells nothing of its heap.
@test "memory that the kernel refuses ends with a message, wherever it is" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "a sanitizer's own memory is beyond any limit"
    fi
    for program in "${collectors[@]}"; do
        refused=0
        for mib in 1 2 3 4 5 6 8 10 12 16 24 40 60 90 130; do
            echo "# ulimit -d $((mib * 1024)); ${program##*/} seed=$seed"
            (ulimit -d $((mib * 1024)) && "$program" --describe) \
                >/dev/null 2>&1 || continue
            status=0
            told=$(ulimit -d $((mib * 1024)) &&
                "$program" run shadow 3 steps=5000 collect-every=4000 \
                    seed="$seed" option.reserve=268435456 2>&1) || status=$?
            if [ "$status" -ne 0 ]; then
                [ "$status" -eq 1 ]
                grep -qE 'Cannot allocate memory|no memory|no room' <<<"$told"
                refused=$((refused + 1))
            fi
        done
        [ "$refused" -gt 2 ]
    done
}

@test "bad settings are refused by name" {
    for program in "${collectors[@]}"; do
        for bad in option.nonsense=1 option.reserve=1 option.reserve=many \
            heap-bytes=-1 writes=other object-bytes= nonsense; do
            run "$program" run uniform 1 "$bad"
            [ "$status" -ne 0 ]
            [ -n "$output" ]
        done
    done
}


# collections PROGRAM [OPTION]: how often it collected, by its own count.
collections()
{
    "$1" run uniform 40 heap-bytes=16777216 allocate=100000 "${@:2}" |
        awk '/^collections / { print $2 }'
}

@test "growth decides how often the heap is collected" {
    for program in "${collectors[@]}"; do
        few=$(collections "$program" option.growth=400 || true)
        if [ -n "$few" ]; then
            [ "$(collections "$program" option.growth=120)" -gt "$few" ]
        fi
    done
}

# Many times the reserve passes through the heap: cells, runs and buffers, small
# and large, must all come back, or the program ends for want of room.
@test "what dies is used again" {
    for program in "${collectors[@]}"; do
        if [ -z "$(collections "$program")" ]; then
            continue # it never collects
        fi
        for lists in inline split; do
            "$program" run largeobject 1500 list-count=200 string-count=2000 \
                static=1 strings=distinct lists="$lists" seed="$seed" \
                option.reserve=16777216
        done
    done
}

@test "every collector has all operations, and the list explains them" {
    for program in "${collectors[@]}"; do
        [ "$("$program" --operations | awk -F'\t' 'NF == 2' | grep -c .)" -eq 12 ]
    done
}

# libgc itself is no model: it links libgc, and says that it stands for it.
@test "a collector program links libc, and what it stands for" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "a sanitizer brings its own libraries"
    fi
    for program in "${collectors[@]}"; do
        stands_for=$("$program" --describe | sed -n 's/^stands-for\t//p')
        needed=$BATS_TEST_TMPDIR/needed
        objdump -p "$program" | awk '/NEEDED/ { print $2 }' >"$needed"
        grep -qx libc.so.6 "$needed"
        while read -r library; do
            [ "$library" = libc.so.6 ] ||
                grep -qw "${library%%.so*}" <<<"$stands_for"
        done <"$needed"
    done
}

@test "valgrind finds nothing in a short run of the shadow model" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "sanitizers and valgrind exclude each other"
    fi
    command -v valgrind >/dev/null || skip "valgrind is not installed"
    valgrind -q "${collectors[0]}" --help >/dev/null ||
        skip "valgrind cannot read this compiler's debug information"
    for program in "${collectors[@]}"; do
        valgrind -q --error-exitcode=9 \
            --suppressions="$COWLAB_SOURCE/tests/valgrind.supp" \
            "$program" run shadow 2 steps=300 option.reserve=268435456 \
            seed="$seed"
    done
}
