#!/usr/bin/env bats
# What every collector does at its limits, and what each program is: the other
# half of conformance.bats, apart from it so that both can run at once.

load collectors

setup()
{
    find_collectors
    find_seed
}

@test "a heap that is too small ends with a message that names the option" {
    for program in "${collectors[@]}"; do
        run "$program" run uniform 1 heap-bytes=67108864 option.reserve=16777216
        [ "$status" -ne 0 ]
        grep -q "raise the option 'reserve'" <<<"$output"
    done
}

@test "many GiB need no option: the address space for them is reserved" {
    for program in "${collectors[@]}"; do
        "$program" --describe | awk -F'\t' '
            $1 == "option" && $2 == "reserve" { default_bytes = $4 }
            END { exit !(default_bytes >= 64 * 1024 ^ 3) }'
    done
}

@test "a limit on address space ends with a message that names the option" {
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        skip "a sanitizer's own memory is beyond any limit"
    fi
    for program in "${collectors[@]}"; do
        [ "${program##*/}" != bdw ] || continue # takes what it needs
        status=0
        told=$(ulimit -v $((16 << 20)) &&
            "$program" run uniform 1 heap-bytes=65536 2>&1 >/dev/null) ||
            status=$?
        [ "$status" -eq 1 ]
        grep -q "give the option 'reserve' a smaller number" <<<"$told"
        (ulimit -v $((16 << 20)) &&
            "$program" run uniform 1 heap-bytes=65536 \
                option.reserve=268435456 >/dev/null)
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
                grep -qE 'Cannot allocate memory|no memory|no room|not enough memory' <<<"$told"
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
    "$1" run uniform 40 heap-bytes=16777216 object-bytes=512 \
        allocate=100000 "${@:2}" |
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
    requests=4000
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        requests=600 # still three times the reserve
    fi
    for program in "${collectors[@]}"; do
        if [ -z "$(collections "$program")" ]; then
            continue # it never collects
        fi
        for lists in inline split; do
            "$program" run largeobject "$requests" list-count=100 \
                string-count=1000 static=1 strings=distinct \
                lists="$lists" seed="$seed" option.reserve=16777216
        done
    done
}

@test "every collector has all operations, and the list explains them" {
    for program in "${collectors[@]}"; do
        [ "$("$program" --operations | awk -F'\t' 'NF == 2' | grep -c .)" -eq 13 ]
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
            "$program" run shadow 2 steps=300 option.reserve=67108864 \
            seed="$seed"
    done
}
