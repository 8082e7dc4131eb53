#!/usr/bin/env bats
# The command line itself, and the verb `list`.

load front

bats_require_minimum_version 1.5.0

setup()
{
    set_up_front
}

teardown()
{
    tear_down_front
}

has()
{
    grep -qFe "$1" <<<"$output" || {
        printf 'missing: %s\nin:\n%s\n' "$1" "$output"
        return 1
    }
}

lacks()
{
    if grep -qFe "$1" <<<"$output"; then
        printf 'not expected: %s\n' "$1"
        return 1
    fi
}

@test "--help teaches the verbs, a first example and the exit statuses" {
    run front --help
    [ "$status" -eq 0 ]
    has "list"
    has "run"
    has "plot"
    has "blame"
    has "cowlab run experiments/demo.yaml"
    has "3  this machine or directory does not allow it"
}

@test "--version prints name and version" {
    run front --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^cowlab\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "no verb is refused and --help is named" {
    run front
    [ "$status" -eq 1 ]
    has "give a verb"
    has "--help"
}

@test "an unknown verb is refused with the nearest one" {
    run front lst
    [ "$status" -eq 1 ]
    [ "$output" = "cowlab: unknown verb 'lst': did you mean 'list'?" ]
}

@test "an unknown option is refused" {
    run front --colour
    [ "$status" -eq 1 ]
    has "--colour"
    run front list --colour
    [ "$status" -eq 1 ]
    has "cowlab list"
}

@test "every verb's --help ends with an example" {
    local verb
    for verb in list show plan run status check plot watch blame doctor; do
        run front "$verb" --help
        [ "$status" -eq 0 ]
        [[ ${lines[-1]} == "Example: cowlab $verb "* ]]
    done
}

@test "the example of list --help runs" {
    run front list --help
    local example
    read -ra example <<<"${lines[-1]#Example: cowlab }"
    run front "${example[@]}"
    [ "$status" -eq 0 ]
    has "Workload uniform"
}

@test "list shows collectors, runtimes, settings and workloads" {
    run front list
    [ "$status" -eq 0 ]
    has "mark-header  PyPy 2.x minimark  mark-sweep, the mark in the header"
    has "mark-side    -                  mark-sweep, the mark in the side"
    has "gunicorn  gunicorn 20.1.0  gunicorn with Django"
    has "python    CPython 3.11.2   CPython 3"
    has "uwsgi     missing          uwsgi is not installed (Debian package uwsgi-core)"
    has "pypy      missing          pypy3 is not installed (Debian package pypy3)"
    has "ruby      missing          ruby is not installed (Debian package ruby)"
    has "mark-side    growth  integer  100      1..1000     percent"
    has "python       freeze  objects left alone by the collector"
    has "Workload uniform: objects of one size in a linked graph"
    has "  of: mark-header mark-side gunicorn python"
    has "object-bytes  integer  64       16..4096          bytes"
    has "inline|split"
}

@test "list takes one part" {
    run front list collectors
    [ "$status" -eq 0 ]
    has "mark-side"
    lacks "python"
    lacks "Workload"
    run front list subjects
    [ "$status" -eq 0 ]
    has "python"
    has "growth"
    lacks "Workload"
    run front list workloads
    [ "$status" -eq 0 ]
    has "Workload uniform"
    lacks "stands for"
}

@test "list counters tells of each event whether it can be counted" {
    run --separate-stderr front list counters
    [ "$status" -eq 0 ]
    lacks "Workload"
    if grep -q "without libpfm4" <<<"$output"; then
        skip "built without libpfm4"
    fi
    grep -qE '^  PAGE-FAULTS +PERF_COUNT_SW_PAGE_FAULTS +(user|no)' \
        <<<"$output"
    grep -qE '^  CYCLES +PERF_COUNT_HW_CPU_CYCLES +(user|no +[^ ])' \
        <<<"$output"
    run --separate-stderr front list --json counters
    [ "$(jq '.counters | map(select(.name == "TASK-CLOCK")) | length' \
        <<<"$output")" = 1 ]
    [ "$(jq '[.counters[] | (.user_counted or .kernel_counted) ==
        has("why_not")] | any' <<<"$output")" = false ]
}

@test "list refuses an unknown part with the nearest one" {
    run front list colectors
    [ "$status" -eq 1 ]
    has "unknown part 'colectors': did you mean 'collectors'?"
    run front list collectors workloads
    [ "$status" -eq 1 ]
}

@test "list --metadata shows where each collector keeps it" {
    run front list --metadata
    [ "$status" -eq 0 ]
    has "collector    kind  placement  bits  per bytes  when"
    has "mark-header  mark  header        1     object  mark, sweep"
    has "mark-side    mark  side          1         16  mark, sweep"
    lacks "Workload"
    run front list collectors --metadata
    [ "$status" -eq 0 ]
    run front list workloads --metadata
    [ "$status" -eq 1 ]
    has "--metadata is of collectors"
}

@test "list --json says the same to programs" {
    run front list --json
    [ "$status" -eq 0 ]
    jq -e '[.collectors[].name] == ["mark-header", "mark-side"]' <<<"$output"
    jq -e '.collectors[1].stands_for == null' <<<"$output"
    jq -e '.collectors[0].options[0] == {name: "growth", type: "integer",
        default: 100, minimum: 1, maximum: 1000, unit: "percent",
        meaning: "growth of the heap before a collection"}' <<<"$output"
    jq -e '.collectors[0].options[1].choices == ["eager", "lazy"]' \
        <<<"$output"
    jq -e '.runtimes[1].prepare[1].step == "freeze"' <<<"$output"
    jq -e '.runtimes[1].workloads == ["largeobject"]' <<<"$output"
    jq -e '[.missing[].name] == ["pypy", "ruby", "puma",
        "unicorn", "uwsgi"]' <<<"$output"
    jq -e '.workloads[0].parameters[1] == {name: "total", type: "integer",
        default: 1048576, minimum: 0, maximum: 1099511627776, unit: "bytes",
        meaning: "size of the graph"}' <<<"$output"
    jq -e 'has("metadata") | not' <<<"$output"
    run front list --json --metadata
    [ "$status" -eq 0 ]
    jq -e '[.metadata[] | [.collector, .placement, .bits, .per_bytes]] ==
        [["mark-header", "header", 1, null], ["mark-side", "side", 1, 16]]' \
        <<<"$output"
}

@test "a program that does not describe itself is named" {
    fake_program "$FRONT/collectors/odd" "echo hello"
    run front list
    [ "$status" -eq 3 ]
    has "$FRONT/collectors/odd --describe: line 1: expected 'cowlab-subject'"
    fake_program "$FRONT/collectors/odd" "exit 7"
    run front list
    [ "$status" -eq 3 ]
    has "$FRONT/collectors/odd --describe: ended with exit status 7"
}

@test "a runtime that does not describe itself is missing, and no more" {
    fake_program "$FRONT/bin/ruby" "exit 7"
    fake_program "$FRONT/bin/pypy3" "echo hello"
    run front list
    [ "$status" -eq 0 ]
    has "ruby      missing          $FRONT/bin/ruby "
    has "/subjects/ruby.rb --describe: ended with exit status 7"
    has "/subjects/python.py --describe: line 1: expected 'cowlab-subject'"
    has "  of: mark-header mark-side gunicorn python"
    run front show subject ruby
    [ "$status" -eq 3 ]
    has "subject 'ruby' is not here: $FRONT/bin/ruby "
    run front show workload uniform
    [ "$status" -eq 0 ]
}

@test "two subjects of one name are refused" {
    cp "$FRONT/collectors/mark-side" "$FRONT/collectors/other"
    run front list
    [ "$status" -eq 3 ]
    has "another subject is named 'mark-side' too"
}

@test "files that are no programs are passed over" {
    echo "int main;" >"$FRONT/collectors/mark-side.c"
    mkdir "$FRONT/collectors/directory"
    run front list collectors
    [ "$status" -eq 0 ]
}

@test "a cowlab without its collectors says where they should be" {
    rm -r "$FRONT/collectors"
    run front list
    [ "$status" -eq 3 ]
    has "/collectors: the collector programs are not here: No such file"
}

@test "output that cannot be written is an error" {
    [ -w /dev/full ] || skip "no /dev/full"
    run bash -c 'PATH=$1/bin; "$1/cowlab" list >/dev/full' - "$FRONT"
    [ "$status" -eq 3 ]
    has "cowlab: standard output: No space left on device"
}
