# blame-report.bash: cowlab blame watching tests/prefork, and what it reports, for
# bats tests: `load prefork` and `load blame-report`, then start_family,
# start_blame, what the family does, stop_blame, and says.

# shellcheck disable=SC2034 # the tests use them
PAGES=64
AS_NOBODY=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

setup()
{
    cowlab=$COWLAB_BUILD/cowlab
    work=$(mktemp -d)
    report=$work/report
    blame=
}

teardown()
{
    [ -z "$blame" ] || kill "$blame" 2>/dev/null || true
    end_family
    rm -rf "$work"
}

# start_blame [COMMAND...] -- PID [ARGUMENT...]: starts blame, by way of the
# command, and waits until it watches.
start_blame()
{
    local by=()
    while [ "$1" != -- ]; do
        by+=("$1")
        shift
    done
    shift
    : >"$work/talk" # of an earlier start
    "${by[@]}" "$cowlab" blame "$@" >"$report" 2>>"$work/talk" 3>&- &
    blame=$!
    until grep -q '^watching' "$work/talk"; do
        kill -0 "$blame" 2>/dev/null || { cat "$work/talk"; return 1; }
        sleep 0.02
    done
    [ "${by[0]:-}" = without_faults ] ||
        ! grep -q 'cannot be watched' "$work/talk" ||
        skip "$(head -n 1 "$work/talk")"
}

await_end()
{
    local status=0
    wait "$blame" || status=$?
    blame=
    [ "$status" -eq 0 ] || { cat "$work/talk"; return 1; }
}

# Ends it as Ctrl-C does.
stop_blame()
{
    kill -INT "$blame"
    await_end
}

# says JQ-EXPRESSION: true of the report, where area is the row of the mapping
# that the area is, and of(PID) that of a process.
says()
{
    jq -e "def of(\$pid): .processes[] | select(.pid == \$pid);
        def area: [.mappings[] | select(.end - .start == $PAGES * 4096)] |
            .[0] // {broken: 0, new: 0};
        $1" "$report" >/dev/null || {
        echo "not so: $1"
        cat "$report"
        return 1
    }
}

# Holds the report against its schema.
validate()
{
    /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
        skip "python3-jsonschema is not installed"
    /usr/bin/python3 "$COWLAB_SOURCE/tests/validate.py" \
        "$COWLAB_SOURCE/results/schema/blame.json" "$report"
}
