#!/usr/bin/env bats
# Experiment files that `cowlab run` refuses, each with the message that its
# first line foretells, before anything runs.

load front

setup()
{
    set_up_front
}

teardown()
{
    tear_down_front
}

@test "every bad experiment is refused with its message" {
    local file expected count=0
    cd "$FRONT"
    for file in "$COWLAB_SOURCE"/tests/refused/*.yaml; do
        expected=$(head -n 1 "$file")
        run front run "$file"
        [ "$status" -eq 1 ] || {
            echo "$file: exit status $status: $output"
            return 1
        }
        grep -qFe "$file:${expected#\# }" <<<"$output" || {
            echo "expected $file:${expected#\# }, got $output"
            return 1
        }
        count=$((count + 1))
    done
    [ "$count" -gt 60 ]
    [ ! -e results ]
}

@test "nothing of a refusal is on standard output" {
    cd "$FRONT"
    run bash -c 'PATH=$1/bin "$1/cowlab" run "$2" 2>/dev/null' - "$FRONT" \
        "$COWLAB_SOURCE/tests/refused/subject-unknown.yaml"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
}

@test "a file that is not there is named" {
    run front run "$FRONT/none.yaml"
    [ "$status" -eq 1 ]
    [[ $output == *"$FRONT/none.yaml: cannot be opened: No such file"* ]]
}
