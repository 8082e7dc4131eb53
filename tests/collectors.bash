# collectors.bash: the collector programs of the build tree, whichever they are,
# for bats tests: `load collectors`, then find_collectors fills the array.

find_collectors()
{
    local program
    collectors=()
    for program in "$COWLAB_BUILD"/collectors/*; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            collectors+=("$program")
        fi
    done
    [ "${#collectors[@]}" -gt 0 ]
}

# The seed of the random mutators: the same in every run, so that what fails
# fails again; COWLAB_SEED gives another number, or `random`.
find_seed()
{
    seed=${COWLAB_SEED:-2018}
    [ "$seed" != random ] || seed=$((RANDOM * 32768 + RANDOM))
    echo "# COWLAB_SEED=$seed"
}

# option_values PROGRAM: option.NAME=VALUE for every value of every option that
# is a choice, and the least of every number but the reserve's; none that it has
# anyway.
option_values()
{
    "$1" --describe | awk -F'\t' '
        $1 == "option" && $3 == "choice" {
            count = split($5, values, "|")
            for (i = 1; i <= count; i++) {
                if (values[i] != $4) { print "option." $2 "=" values[i] }
            }
        }
        $1 == "option" && $3 == "integer" && $2 != "reserve" && $4 != $5 {
            print "option." $2 "=" $5
        }'
}

# random_options PROGRAM NUMBER: a value for every option that is a choice, the
# same for the same number.
random_options()
{
    "$1" --describe | awk -F'\t' -v seed="$2" '
        BEGIN { srand(seed) }
        $1 == "option" && $3 == "choice" {
            count = split($5, values, "|")
            print "option." $2 "=" values[1 + int(rand() * count)]
        }'
}

# prepare_steps PROGRAM: prepare=STEP for each.
prepare_steps()
{
    "$1" --describe | awk -F'\t' '$1 == "prepare" { print "prepare=" $2 }'
}

# unless_refused PROGRAM ARGUMENT...: runs it.  One that refuses a value of an
# option, which this kernel does not allow, is told as skipped: status 0.
unless_refused()
{
    local errors=$BATS_TEST_TMPDIR/errors status=0
    "$@" 2>"$errors" || status=$?
    if [ "$status" -eq 1 ] && grep -q '^refused: ' "$errors"; then
        echo "# skipped: ${1##*/}: $(sed -n 's/^refused: //p' "$errors")" >&3
        return
    fi
    cat "$errors" >&2
    return "$status"
}

# with_every_setting COMMAND...: calls it with each collector and its options one
# by one, each prepare step, and random combinations as below.  A sanitized
# build, which is slow, tries the combinations alone.
with_every_setting()
{
    local program setting
    for program in "${collectors[@]}"; do
        [ -z "${COWLAB_SANITIZED:-}" ] || continue
        for setting in $(option_values "$program") \
            $(prepare_steps "$program"); do
            "$@" "$program" "$setting"
        done
    done
    with_random_settings "$@"
}

# with_random_settings COMMAND...: calls it with each collector as it is, and
# with some random combinations of options and all prepare steps.
with_random_settings()
{
    local program settings i
    for program in "${collectors[@]}"; do
        "$@" "$program"
        for i in 1 2 3; do
            mapfile -t settings < <(random_options "$program" $((seed + i))
                prepare_steps "$program")
            "$@" "$program" "${settings[@]}"
        done
    done
}
