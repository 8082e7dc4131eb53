#!/usr/bin/env bats
# `cowlab run` in open loops: requests that are due whatever the subject does,
# and latencies from when they were due.

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

# offered LOAD BURSTS REQUESTS STALL: open.yaml with two workers, of which the
# tenth request takes STALL ms longer.
offered()
{
    cat >open.yaml <<END
experiment: open
timeout: 1
sample: []
arrivals: $1
bursts: $2
requests-per-burst: $3
matrix:
  subject: [fake-a]
  workload: [{name: pages, stall: $4}]
  workers: [2]
END
}

# workers FILE: runs the Python on standard input with the result's workers as
# `workers`, the whole as `result`, and quantile(HISTOGRAM, SHARE).
workers()
{
    python3 -c '
import json, sys
result = json.load(open(sys.argv[1]))
workers = result["workers"]

def quantile(histogram, share):
    rank = share * histogram["count"]
    for lower, count in histogram["buckets"]:
        rank -= count
        if rank <= 0:
            return lower

exec(sys.stdin.read())' "$1"
}

@test "constant arrivals: what is due during a stall shows in the response" {
    offered '{constant: 100}' 1 100 300
    ./cowlab run open.yaml --quiet >table
    validate results/open/*.json
    # 50 requests of each, one in 20 ms, and 300 ms without an answer: 15 wait.
    workers results/open/*.json <<'END'
assert result["cell"]["arrivals"] == "constant"
assert result["cell"]["requests_per_second"] == 100
for index, worker in enumerate(workers):
    service, response, wakeup = (worker["latency"][kind] for kind in
                                 ("service", "response", "wakeup"))
    assert service["count"] == response["count"] == 50
    assert service["max_ns"] > 300e6
    assert response["sum_ns"] > service["sum_ns"] + 14 * 100e6
    assert quantile(service, 0.9) < 100e6 < quantile(response, 0.9)
    assert wakeup["count"] <= 50 - 14
    assert worker["schedule"]["ns"] == 49 * 20e6 + (index + 1) * 10e6
END
    ./cowlab run open.yaml --quiet --json >table.json
    python3 - <<'END'
import json
(cell,) = json.load(open("table.json"))["cells"]
assert 99 < cell["offered_per_second"] < 103
assert cell["response_p50_ns"] < 100e6 < cell["response_p99_ns"]
assert cell["wakeup_p99_ns"] > 0
assert cell["p999_ns"] > 300e6 * 127 / 128  # the bound of a bucket's error
assert 0.25 < cell["busy_share"] < 0.9
END
    grep -q '^arrivals and latencies of requests, of all workers$' table
    grep -qE '^  subject +offered/s .* service p99.9 ms +response p50 ms ' table
}

@test "Poisson arrivals: the same schedule for the same seed alone" {
    offered '{poisson: 1000}' 1 200 0
    ./cowlab run open.yaml --quiet --results one >/dev/null
    ./cowlab run open.yaml --quiet --results two >/dev/null
    echo 'seed: 2' >>open.yaml
    ./cowlab run open.yaml --quiet --results three >/dev/null
    validate one/*.json
    schedules() { workers "$1"/*.json <<<'print(*[w["schedule"]["ns"] for w in workers])'; }
    [ "$(schedules one)" = "$(schedules two)" ]
    [ "$(schedules one)" != "$(schedules three)" ]
    # Two workers of 100 requests at 500 a second: about 200 ms, each its own.
    workers one/*.json <<'END'
one, other = (worker["schedule"]["ns"] for worker in workers)
assert one != other and 120e6 < one < 320e6 and 120e6 < other < 320e6
assert not [w for w in result["warnings"] if w["code"] == "behind-schedule"]
END
}

@test "a rate that cannot be served is a warning, and the queue is shown" {
    offered '{constant: 400}' 1 80 0
    sed -i 's/pages, /pages, sleep: 10, /' open.yaml
    run --separate-stderr ./cowlab run open.yaml
    [ "$status" -eq 0 ]
    grep -q 'warning: worker [01] began [0-9.]* requests per second, and 20[0-9.]* were due' <<<"$stderr"
    workers results/open/*.json <<'END'
(warning,) = [w for w in result["warnings"] if w["code"] == "behind-schedule"]
assert "lower the rate" in warning["next"]
for worker in workers:
    # 40 requests, each 5 ms later behind its schedule than the one before.
    assert worker["latency"]["response"]["max_ns"] > 200e6
    schedule = worker["schedule"]
    assert schedule["behind_ns"] >= 39 * 5e6 * 0.95
    assert schedule["busy_share"] > 0.9
    assert schedule["achieved_per_second"] < 101 < schedule["offered_per_second"]
END
}

@test "a queue ends with its burst, and a schedule may outlast the timeout" {
    # The tenth request of each is the last of its burst; 1.2 s for 6 requests.
    offered '{constant: 10}' 2 12 0
    ./cowlab run open.yaml --quiet >/dev/null
    workers results/open/*.json <<<'assert result["status"] == "valid"
assert sum(b["ns"] for b in result["bursts"]) > 2.2e9'
    offered '{constant: 200}' 2 20 300
    ./cowlab run open.yaml --new --quiet >/dev/null
    workers results/open.2/*.json <<'END'
for worker in workers:
    late = sum(count for lower, count
               in worker["latency"]["response"]["buckets"] if lower > 200e6)
    assert late == 1, worker["latency"]["response"]
END
}

@test "more schedules than bursts are told, with a warning and what to do" {
    offered '{poisson: 2000}' 2 12 0
    ./cowlab run open.yaml --quiet 2>/dev/null
    workers results/open/*.json <<'END'
assert [w["schedule"]["schedules"] for w in workers] == [2, 2]
assert not [w for w in result["warnings"] if w["code"] == "schedules"]
END
    # After the first request and the second of each, then to the burst's end.
    run --separate-stderr ./cowlab run open.yaml --new --set 'sample=[1, 2]'
    grep -q 'warning: .* began anew 4 times in 2 bursts, .*(set sample: \[\])' \
        <<<"$stderr"
    validate results/open.2/*.json
    workers results/open.2/*.json <<'END'
assert [w["schedule"]["schedules"] for w in workers] == [4, 4]
END
    # The protocol cuts long bursts.
    ./cowlab run open.yaml --new --quiet --set 'arrivals={poisson: 100000}' \
        --set bursts=1 --set requests-per-burst=8194 2>/dev/null
    jq -e '.warnings[] | select(.code == "schedules") |
        .next == "set sample: [], and bursts of at most 4096 requests of each worker"' \
        results/open.3/*.json
}

@test "a worker that tells no responses, or impossible ones, is invalid" {
    offered '{constant: 1000}' 1 4 0
    cp open.yaml fake.yaml
    sed -i 's/^experiment: open/experiment: fake/' fake.yaml
    expect_invalid no-responses nonsense 'response_ns=N,... of each request'
    rm -r results
    expect_invalid too-early nonsense 'began before it was due'
}
