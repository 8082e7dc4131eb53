#!/usr/bin/env bats
# The shadow model on every collector with every value of every option that it
# declares, every prepare step, and random combinations: no knob is without a
# test.  A failing seed is given back with COWLAB_SEED.

load collectors

setup()
{
    find_collectors
    find_seed
}

shadow()
{
    local program=$1
    shift
    echo "# ${program##*/} run shadow 3 ... seed=$seed $*"
    "$program" run shadow 3 steps=600 collect-every=60 minor-every=40 \
        fork-every=450 seed="$seed" "$@" >/dev/null
}

@test "shadow: every value of every option, every prepare step" {
    with_every_setting shadow
}

shadow_left_alone()
{
    local program=$1
    shift
    echo "# ${program##*/} run shadow 2 ... seed=$seed $*"
    "$program" run shadow 2 steps=6000 collect-every=0 fork-every=7000 \
        wide=20000 seed="$seed" "$@" >/dev/null
}

@test "shadow: the same where the collector decides when to collect" {
    with_every_setting shadow_left_alone
}
