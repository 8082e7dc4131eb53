#!/usr/bin/env bats
# The supervisor is killed at random instants, and run again: what comes out in
# the end is what an undisturbed run gives.
#
# COWLAB_KILLS is how often (3), COWLAB_SEED the seed of the instants.

bats_require_minimum_version 1.5.0
load back
load collectors

setup()
{
    find_seed
    RANDOM=$((seed % 32768))
    kills=${COWLAB_KILLS:-3}
    set_up_back
    rm collectors/*
    cp "$COWLAB_BUILD/collectors/mark-header" \
        "$COWLAB_BUILD/collectors/mark-side" collectors/
    cat >kill.yaml <<YAML
experiment: kill
seed: $seed
invocations: $((2 * kills))
bursts: 4
requests-per-burst: 20
matrix:
  subject: [mark-header, mark-side]
  workload:
    - {name: largeobject, static: 1, list-count: 200, string-count: 4000}
  workers: [2]
YAML
}

teardown()
{
    tear_down_back
}

# The last run was killed: what it has finished is whole and stays as it is, and
# soon there is nothing else of it.
after_a_kill()
{
    sha256sum killed/*.json >>kept 2>/dev/null || true
    # Every other time the next run begins at once.
    [ $((killed % 2)) -eq 0 ] || return 0
    for _ in $(seq 20); do
        [ -n "$(processes_left; sockets_left)" ] || return 0
        sleep 0.1
    done
    processes_left
    sockets_left
    return 1
}

# After the last run: nothing of the results was lost, changed or made twice.
compare_with_undisturbed()
{
    [ ! -s kept ] || sha256sum --check --quiet kept
    nothing_left
    python3 - undisturbed killed <<'PYTHON'
import glob, json, os, sys

def facts(path):
    """What depends neither on time nor on where the kernel puts things."""
    result = json.load(open(path))
    assert result["status"] == "valid", (path, result["detail"])
    heap = [region["name"] for region in result["regions"]]
    def pages(counts):
        return {name: counts[name] for name in heap}
    return {
        "cell": result["cell"], "invocation": result["invocation"],
        "seed": result["seed"], "layout": result["template"]["layout"],
        "graph": result["template"]["graph_checksum"],
        "inherited": pages(result["inherited"]["by_region"]),
        "bursts": [burst["requests"] for burst in result["bursts"]],
        "workers": [{
            "graph": worker["graph_checksum"],
            "replies": worker["reply_checksum"],
            "served": worker["latency"]["service"]["count"],
            "samples": [(sample["moment"], sample["requests"],
                         pages(sample["pages"]))
                        for sample in worker["samples"]],
        } for worker in result["workers"]],
    }

sets = [{os.path.basename(path): facts(path)
         for path in glob.glob(directory + "/*-[0-9][0-9][0-9].json")}
        for directory in sys.argv[1:]]
assert sets[0].keys() == sets[1].keys(), [sorted(s) for s in sets]
assert len(sets[0]) > 0
for name in sets[0]:
    left, right = sets[0][name], sets[1][name]
    for key in left:
        assert left[key] == right[key], (name, key, left[key], right[key])
PYTHON
}

@test "killed again and again, the results are those of an undisturbed run" {
    local begun=$EPOCHREALTIME total_ms killed=0 finished=0 instant status
    ./cowlab run kill.yaml --quiet --results undisturbed
    total_ms=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
    while [ "$killed" -lt "$kills" ]; do
        instant=$((RANDOM % (1 + 2 * total_ms / kills)))
        ./cowlab run kill.yaml --quiet --results killed >/dev/null 2>talk &
        sleep "$((instant / 1000)).$(printf %03d $((instant % 1000)))"
        kill -KILL $! || true
        status=0
        wait $! || status=$?
        if [ "$status" -eq 137 ]; then
            killed=$((killed + 1))
            after_a_kill
            continue
        fi
        [ "$status" -eq 0 ] || { cat talk; false; }
        # It was finished before: the next kill is of another result set.
        finished=$((finished + 1))
        compare_with_undisturbed
        rm -rf killed kept
    done
    ./cowlab run kill.yaml --quiet --results killed
    compare_with_undisturbed
    echo "# $killed kills, in $((finished + 1)) result sets; undisturbed" \
        "$total_ms ms" >&3
}
