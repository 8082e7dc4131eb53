# prefork.bash: tests/prefork, a server whose pages are known by construction,
# for bats tests of verbs that watch one: `load prefork`, start_family with PAGES
# set, family_does, and in the teardown end_family.

# start_server [COMMAND...]: starts it, by way of the command, from PREFORK or
# the build.  bats waits for whoever holds its third descriptor.
start_server()
{
    coproc family {
        exec "$@" "${PREFORK:-$COWLAB_BUILD/tests/prefork}" "$PAGES" 3>&-
    }
}

# Fills in template and worker[0..2], which the tests use, once they are there.
# shellcheck disable=SC2034
read_family()
{
    local line pids
    read -r -t 10 line <&"${family[0]}"
    read -ra pids <<<"$line"
    template=${pids[0]}
    worker=("${pids[@]:1}")
}

start_family()
{
    start_server "$@"
    read_family
}

# family_does WORDS: waits until it is done.
family_does()
{
    local answer
    echo "$*" >&"${family[1]}"
    read -r -t 10 answer <&"${family[0]}"
    [ "$answer" = "done" ]
}

# Closes its input, so that it ends, and waits for all that was started.
end_family()
{
    [ -z "${family_PID:-}" ] || { eval "exec ${family[1]}>&-"; wait; }
}
