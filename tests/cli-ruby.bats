#!/usr/bin/env bats
# The adapter for Ruby, as the supervisor meets it.

setup()
{
    [ -z "${COWLAB_SANITIZED:-}" ] || skip "an adapter has nothing to be sanitized"
    command -v ruby >/dev/null ||
        skip "ruby is not installed (Debian package ruby)"
    adapter=$COWLAB_SOURCE/subjects/ruby.rb
}

# converse SCENARIO of tests/adapter.py
converse()
{
    python3 "$COWLAB_SOURCE/tests/adapter.py" ruby "$1"
}

@test "ruby: describes itself" {
    run ruby -w "$adapter" --describe
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'cowlab-subject\t1' ]
    grep -qE $'^version\tRuby [0-9]' <<<"$output"
    [ "$(grep -cE $'^parameter\tlargeobject\t[a-z-]+\tinteger\t[0-9]+\t[0-9]+\t[0-9]+\t[a-z-]+\t[^\t]+$' <<<"$output")" -eq 8 ]
    [ "$(grep -cE $'^parameter\tlargeobject\t[a-z-]+\tchoice\t[a-z]+\t[a-z|]+\t-\t-\t[^\t]+$' <<<"$output")" -eq 2 ]
}

@test "ruby: a whole conversation" { converse whole; }
@test "ruby: collections are listed or counted" { converse counted_collections; }
@test "ruby: phases are told" { converse phases_asked; }
@test "ruby: phases without room are counted" { converse phases_unlisted; }
@test "ruby: shared strings" { converse shared_strings; }
@test "ruby: nonsense is an error" { converse nonsense; }
@test "ruby: requests when they are due" { converse scheduled; }
@test "ruby: a killed worker is reaped" { converse reap; }
@test "ruby: a lost connection is the end" { converse lost; }
@test "ruby: the same work as in C" { converse agree; }
@test "ruby: workloads have the parameters that they have in C" {
    converse same_parameters
}
@test "ruby: a load without collections" { converse quiet_load; }
@test "ruby: every step of the preparation" { converse steps; }

@test "ruby.rb alone says what starts it" {
    run env -u COWLAB_SOCKET ruby "$adapter"
    [ "$status" -eq 1 ]
    [[ $output == *"cowlab starts this program"* ]]
}
