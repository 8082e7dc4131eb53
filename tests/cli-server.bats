#!/usr/bin/env bats
# Prefork servers as subjects: subjects/server.py and what it starts.

bats_require_minimum_version 1.5.0

load back

setup()
{
    set_up_back
}

teardown()
{
    tear_down_back
}

# servers SUBJECTS [LINE...]: writes fake.yaml of one invocation of each
servers()
{
    local subjects=$1
    shift
    {
        echo 'experiment: fake'
        printf '%s\n' 'bursts: 2' 'requests-per-burst: 8' 'sample: []' "$@"
        echo 'matrix:'
        echo "  subject: $subjects"
        echo '  workload: [{name: largeobject, list-count: 40,' \
            'string-count: 600, build-every: 5}]'
        echo '  workers: [2]'
    } >fake.yaml
}

# Skips where a server cannot run, with the reason that it gives.
needs()
{
    local name why
    for name in "$@"; do
        why=$(python3 "$COWLAB_SOURCE/subjects/server.py" "$name" --describe |
            grep -P '^missing\t') || continue
        skip "${why#*$'\t'}"
    done
}

# result SUBJECT: its file
result()
{
    printf '%s\n' results/fake/"$1"-*.json
}

@test "uwsgi and gunicorn serve what python serves" {
    needs uwsgi gunicorn
    servers '[uwsgi, gunicorn, python]'
    run --separate-stderr ./cowlab run fake.yaml
    [ "$status" -eq 0 ] # which replies that differ would not be
    nothing_left
    validate results/fake/*.json
    local name
    for name in uwsgi gunicorn; do
        # The workers served all requests, whichever of them each.
        jq -e '[.workers[].stats.requests] | add == 16' "$(result "$name")"
        jq -e '.template.graph_checksum != null and
            ([.workers[].graph_checksum] | unique == [null])' \
            "$(result "$name")"
        # It says nothing, and no process of it is a stranger.
        jq -e '[.warnings[].code] - ["load", "few-invocations",
            "page-counts-disagree"] == []' "$(result "$name")"
    done
}
