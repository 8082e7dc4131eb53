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

# shadow REQUESTS STEPS COLLECT-EVERY PROGRAM SETTING...
shadow()
{
    local words=(run shadow "$1" steps="$2" collect-every="$3" minor-every=40
        fork-every=450 wide=4000 seed="$seed" "${@:5}")
    unless_refused "$4" "${words[@]}" >/dev/null || {
        echo "failed: ${4##*/} ${words[*]}"
        return 1
    }
}

@test "shadow: every value of every option, every prepare step" {
    with_every_setting shadow 3 600 60
}

# With as few collections as the collector wants, and more of the heap dead.
@test "shadow: random options, where the collector decides when to collect" {
    local steps=4000
    if [ -n "${COWLAB_SANITIZED:-}" ]; then
        steps=1200 # which a sanitized build takes as long for
    fi
    with_random_settings shadow 2 "$steps" 0
}
