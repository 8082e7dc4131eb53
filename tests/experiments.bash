# experiments.bash: the experiments that ship, run small in a place of their own.
# For bats tests: `load experiments`, then set_up_experiments and
# tear_down_experiments.

# A sanitized build takes minutes for all; the demonstration is the whole path,
# and the other tests of collectors run them through forks.
set_up_experiments()
{
    case ${COWLAB_SANITIZED:+$BATS_TEST_DESCRIPTION} in
    "" | demo:*) ;;
    *) skip "a sanitized build runs the demonstration alone" ;;
    esac
    command -v jq >/dev/null || skip "jq is not installed"
    workplace=$(mktemp -d)
    cd "$workplace" || exit 1
    # shellcheck disable=SC2034 # for the tests
    cowlab=$COWLAB_BUILD/cowlab
}

tear_down_experiments()
{
    cd / && rm -rf "$workplace"
}

# shrink NAME SED-SCRIPT: a smaller copy of a shipped experiment.
shrink()
{
    sed -e "$2" "$COWLAB_SOURCE/experiments/$1.yaml" >"$1.yaml"
    ! cmp -s "$1.yaml" "$COWLAB_SOURCE/experiments/$1.yaml"
}

# every FILTER: a jq filter that is true of each result, named where it is not.
every()
{
    local result
    for result in results/*.json; do
        jq -e "$1" "$result" >/dev/null || {
            echo "$result: not so: $1"
            return 1
        }
    done
}
