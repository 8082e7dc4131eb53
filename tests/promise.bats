#!/usr/bin/env bats
# The metadata promise: after a fork, while the mutator is idle, a collection of
# any kind writes into inherited pages nothing but what the collector declares,
# of the declared kind and at the declared place.

load collectors

setup()
{
    find_collectors
    find_seed
}

# promise REQUESTS PROGRAM SETTING...
promise()
{
    # Little is reserved, because all of the tables for it is looked at.
    local words=(promise shadow "$1" steps=1500 collect-every=2000
        option.reserve=1073741824 seed="$seed" "${@:3}") told
    told=$(unless_refused "$2" "${words[@]}") || {
        echo "failed: ${2##*/} ${words[*]}"
        return 1
    }
    case $told in
    skipped*) skip "$told" ;;
    esac
    [ -z "$told" ] || [ "$(grep -c ' undeclared=0$' <<<"$told")" -eq 8 ]
}

@test "what lies at an address is told over the protocol" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    for program in "${collectors[@]}"; do
        echo "# $program"
        python3 "$COWLAB_SOURCE/tests/describe-address.py" "$program"
    done
}

@test "every collector keeps its promise, with every option" {
    with_every_setting promise 2
}

@test "every collector keeps its promise right after it was prepared" {
    local program step
    for program in "${collectors[@]}"; do
        for step in $(prepare_steps "$program"); do
            promise 0 "$program" "$step"
        done
    done
}

@test "a kind of metadata that is not declared is found and named" {
    local kind options # the seed: something of each kind dies
    liar=$COWLAB_BUILD/tests/promise-liar
    for kind in none mark free-link zero run free-bit block; do
        options=(option.zero=sweep)
        [ "$kind" != free-bit ] || options+=(option.free=bitmap)
        HIDE=$kind run "$liar" promise shadow 2 steps=3000 collect-every=0 \
            seed=5 "${options[@]}"
        if [ "$kind" = none ]; then
            [ "$status" -eq 0 ]
            continue
        fi
        [ "$status" -eq 1 ]
        case $kind in
        mark) grep -q "no byte differs; there lay .*header" <<<"$output" ;;
        free-link) grep -q "there lies free:body" <<<"$output" ;;
        zero) grep -q "became 00; .*there lies free:body" <<<"$output" ;;
        *) grep -q "there lies $kind:side" <<<"$output" ;;
        esac
    done
}
