#!/usr/bin/env bats
# `cowlab map` of processes and of results whose pages are known.

bats_require_minimum_version 1.5.0
load back
load prefork

export PAGES=300

setup()
{
    set_up_back
    cp "$COWLAB_BUILD/tests/prefork" "$BACK"
    chmod 755 "$BACK"
    export PREFORK=$BACK/prefork
    cowlab=$BACK/cowlab
}

teardown()
{
    end_family
    tear_down_back
}

repeat()
{
    printf "%$2s" '' | tr ' ' "$1"
}

# area SENTENCE: the cells of the one area of which that is said.
area()
{
    [ "$(grep -c ", $1\$" map)" -eq 1 ] || { cat map; return 1; }
    sed -n "/, $1\$/,/^\$/p" map | tail -n +2 | tr -d ' \n'
}

@test "map: a worker's pages are those of the construction" {
    start_family
    family_does break 0 70
    family_does fresh 0 37
    family_does discard 0 10
    "$cowlab" map --width 50 "${worker[0]}" >map
    [ "$(area '290 pages: 220 shared, 70 broken')" = "$(repeat u 70)$(repeat s 220)" ]
    [ "$(area '37 pages: 37 new')" = "$(repeat n 37)" ]
    grep -q "(${worker[0]}), beside $template which forked it" map
    grep -qx 'What is free to the program, or pinned, cannot be seen from outside.' map
    grep -qx 'a cell is a page of 4 KiB, a line 50 cells' map
    [ "$(grep -cxE '  [a-z.]{51,}' map)" -eq 0 ]
    [ "$(grep -cx "  $(repeat u 50)" map)" -eq 1 ]
    # One that wrote none of them.
    "$cowlab" map "${worker[1]}" >map
    area '300 pages: 300 shared' >/dev/null
}

@test "map: of a template, what it shares with its workers and what is its own" {
    start_family
    "$cowlab" map "$template" >map
    area '300 pages: 300 shared' >/dev/null
    grep -q 'It has forked others' map
    for worker in 0 1 2; do
        family_does break "$worker" 20
    done
    "$cowlab" map "$template" >map
    [ "$(area '300 pages: 280 shared, 20 own')" = "$(repeat o 20)$(repeat s 280)" ]
    if grep -qE '[0-9] (broken|new)' map; then false; fi
    sleep 10 3>&- &
    while [ "$(cat /proc/$!/comm)" != sleep ]; do :; done
    "$cowlab" map $! >map
    kill $!
    grep -q 'The process that started it runs another program' map
    if grep -qE '[0-9] (broken|new)' map; then false; fi
}

@test "map: broken pages that hold what the template's do are told apart" {
    start_family
    "$cowlab" map "${worker[0]}" >map
    if grep -q 'may not be read' map; then skip "memory may not be read"; fi
    family_does rewrite 0 100
    family_does break 0 70
    "$cowlab" map "${worker[0]}" >map
    [ "$(area '300 pages: 200 shared, 100 broken (30 identical, 70 unknown)')" = \
        "$(repeat u 70)$(repeat i 30)$(repeat s 200)" ]
    grep -q "^Of the broken pages the identical ones hold.* those of $template hold;" map
    grep -q 'i broken: identical  u broken: unknown$' map
}

@test "map: where bytes may not be read, what is identical stays unknown" {
    [ "$(id -u)" -eq 0 ] || skip "root alone can become another user"
    nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    "${nobody[@]}" true || skip "setpriv does not work here"
    grep -qs '[1-9]' /proc/sys/kernel/yama/ptrace_scope ||
        skip "who may read pagemap may read memory here: no ptrace_scope"
    start_family "${nobody[@]}"
    family_does rewrite 0 70
    "${nobody[@]}" "$cowlab" map "${worker[0]}" >map
    [ "$(area '300 pages: 230 shared, 70 broken')" = "$(repeat u 70)$(repeat s 230)" ]
    grep -q "^Which broken pages are identical to those of $template is unknown: its memory may not be read" map
}

@test "map: many pages share a cell, and it is said" {
    PAGES=5000 start_family
    family_does break 0 1000
    "$cowlab" map --width 16 "${worker[0]}" >map
    grep -qx 'a cell is 8 pages of 4 KiB, a line 16 cells, shown as what most of them are' map
    [ "$(area '5000 pages: 4000 shared, 1000 broken')" = "$(repeat u 125)$(repeat s 500)" ]
}

@test "map: colours on a terminal alone, and not with NO_COLOR" {
    has_terminal || skip "script(1) gives no terminal here"
    start_family
    shown() { TERM=xterm script -qec "$cowlab map --width 50 ${worker[0]}" /dev/null; }
    grep -qF $'\e[38;5;188;48;5;188m▀' <<<"$(shown)"
    if grep -qF $'\e[' <<<"$(NO_COLOR=1 shown)"; then false; fi
    if grep -qF $'\e[' <<<"$("$cowlab" map "${worker[0]}")"; then false; fi
}

# pixels FILE COLOUR: of the boxes of an SVG, without the one of the legend.
pixels()
{
    python3 - "$1" "$2" <<'END'
import re, sys
import xml.etree.ElementTree as tree
paths = tree.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}path")
print(sum(int(w) * int(h) for path in paths if path.get("fill") == sys.argv[2]
          for w, h in re.findall(r"h(\d+)v(\d+)h", path.get("d"))) - 144)
END
}

@test "map: an SVG has a square for each page" {
    start_family
    family_does break 0 70
    family_does fresh 0 37
    [ "$("$cowlab" map --width 64 --svg map.svg "${worker[0]}")" = map.svg ]
    "$cowlab" map "${worker[0]}" >map
    said=$(sed -n 2p map)
    [[ $said =~ ([0-9]+)\ new,\ ([0-9]+)\ broken ]]
    [ "$(pixels map.svg '#9fd6f5')" -eq $((BASH_REMATCH[1] * 16 * 16)) ]
    broken=${BASH_REMATCH[2]} identical=0
    [[ ! $said =~ ([0-9]+)\ identical ]] || identical=${BASH_REMATCH[1]}
    [ "$(pixels map.svg '#9b1c31')" -eq $(((broken - identical) * 16 * 16)) ]
    grep -qF ">$said<" map.svg
}

@test "map: a PNG through gnuplot" {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed"
    start_family
    [ "$(TMPDIR=$BACK "$cowlab" map --png map.png "${worker[0]}")" = map.png ]
    head -c 8 map.png | grep -qa PNG
    [ -z "$(find . -name 'cowlab-*')" ]
}

@test "map: without gnuplot a PNG is refused with the package's name" {
    PATH=/nonexistent run "$cowlab" map --png map.png $$
    [ "$status" -eq 3 ]
    [[ $output == *"Debian package gnuplot-nox"* ]]
}

# made_result MAPS [INHERITED [CHANGES...]]: $result, of a fake subject with
# these page maps of worker 1 in the end and at the fork, and what changed up to
# each of its samples.
made_result()
{
    [ -d results ] || { experiment; ./cowlab run -q fake.yaml >/dev/null; }
    result=$(echo results/fake/*.json)
    python3 - "$result" "$@" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
result["regions"] = [
    {"name": "cells", "role": "objects", "start": 1 << 20, "end": 2 << 20},
    {"name": "marks", "role": "side", "start": 2 << 20, "end": 3 << 20}]
maps, inherited, *changes = map(json.loads, sys.argv[2:] + ["{}"])
result["workers"][1]["page_map"] = {"requests": 4, "by_area": maps}
result["inherited"]["page_map"] = inherited
for sample, change in zip(result["workers"][1]["samples"], changes):
    sample["page_changes"] = change
json.dump(result, open(sys.argv[1], "w"))
END
}

@test "map: the regions of a worker in a result" {
    made_result '{"cells": "s40h3r2pf4i2g.8n", "marks": "m2.254"}'
    validate "$result"
    "$cowlab" map "$result" --worker 1 --width 32 >map
    grep -qx 'fake-a, pages sleep=0, invocation 1: worker 1 after 4 requests' map
    grep -qx '56 pages: 40 shared, 1 gone, 1 new, 14 broken (3 header, 2 metadata, 2 reference, 1 payload, 4 free memory, 2 identical)' map
    [ "$(area '54 pages: 40 shared.*')" = "$(repeat s 40)hhhrrpffffiig........n" ]
    grep -q '^cells at 100000, ' map
    "$cowlab" map "$result" --worker 1 --region marks >map
    grep -qx 'marks at 200000, 2 pages: 2 broken (2 metadata)' map
    if grep -q cells: map; then false; fi
}

@test "map: a worker at each of its samples" {
    made_result '{"cells": "es3gs4hrsnk"}' '{"cells": "es11.k"}' \
        '{}' '{"cells": "=9u2"}' '{"cells": "=4g=7n"}'
    at() { "$cowlab" map "$result" --worker 1 --at "$1" >map; }
    at forked
    grep -qx 'fake-a, pages sleep=0, invocation 1: worker 1 directly after the fork' map
    [ "$(area '13 pages: 13 shared (1 free, 1 pinned)')" = "e$(repeat s 11).k" ]
    # Broken pages have the kind that they have in the end.
    at 1
    grep -q ': worker 1 after 1 request$' map
    [ "$(area '13 pages: 11 shared (1 free, 1 pinned), 2 broken (1 header, 1 reference)')" = \
        "e$(repeat s 8)hrs.k" ]
    at 2
    [ "$(area '14 pages: 10 shared.*')" = esssgsssshrsnk ]
    at end
    grep -q ': worker 1 after 4 requests$' map
}

@test "map: a moment without a sample is refused" {
    made_result '{"cells": "s40"}' '{"cells": "s40"}'
    run "$cowlab" map "$result" --worker 1 --at 7
    [ "$status" -eq 1 ]
    [[ $output == *"no sample was taken after 7 requests"*": 0, 1, 2, 3, 4"* ]]
    run "$cowlab" map "$result" --worker 1 --at collection:2
    [ "$status" -eq 1 ]
    [[ $output == *"no sample was taken after collection 2 while it was idle"* ]]
    for moment in collection:0 collection: later -1 ''; do
        run "$cowlab" map "$result" --worker 1 --at "$moment"
        [ "$status" -eq 1 ]
        [[ $output == *"--at: '$moment' is not forked"* ]]
    done
}

@test "map: a result without a page map names the key that makes one" {
    made_result '{"cells": "s40"}'
    run "$cowlab" map "$result"
    [ "$status" -eq 2 ]
    [[ $output == *"$result: no page map of worker 0"*'`blame: true`'* ]]
    run "$cowlab" map "$result" --worker 2
    [ "$status" -eq 1 ]
    [[ $output == *"there is no worker 2, but 2 from 0 on"* ]]
    run "$cowlab" map "$result" --worker 1 --region cels
    [ "$status" -eq 1 ]
    [[ $output == *"unknown region 'cels': did you mean 'cells'?"* ]]
}

@test "map: a page map that is damaged is refused by name" {
    for map in s0 s40x s257 s99999999999999999999; do
        made_result "{\"cells\": \"$map\"}"
        run "$cowlab" map "$result" --worker 1
        [ "$status" -eq 3 ]
        [[ $output == *"$result: the page map of region cells is damaged"* ]]
    done
}

@test "map: refusals" {
    run "$cowlab" map
    [ "$status" -eq 1 ]
    run "$cowlab" map 999999999
    [ "$status" -eq 3 ]
    [[ $output == *"process 999999999 has ended, or there is none"* ]]
    run "$cowlab" map nowhere.json
    [ "$status" -eq 3 ]
    [[ $output == *nowhere.json* ]]
    run "$cowlab" map $$ --region '[heep]'
    [ "$status" -eq 1 ]
    [[ $output == *"unknown mapping '[heep]': did you mean '[heap]'?"* ]]
    # Names that are far from all: each that can be drawn, once.
    run "$cowlab" map $$ --region nothing-like-it
    [ "$status" -eq 1 ]
    [[ $output == *"unknown mapping 'nothing-like-it': known are "*"[heap]"* ]]
    if grep -qF -e '[vvar' -e '[vsyscall' <<<"$output"; then false; fi
    [ -z "$(sed 's/.*known are //; s/, /\n/g' <<<"$output" | sort | uniq -d)" ]
    if grep -qF '[vvar]' /proc/$$/maps; then
        run "$cowlab" map $$ --region '[vvar]'
        [ "$status" -eq 1 ]
        [[ $output == *"nothing private lies in mapping '[vvar]'" ]]
    fi
    run "$cowlab" map $$ --width 0
    [ "$status" -eq 1 ]
    run "$cowlab" map $$ --svg nowhere/map.svg
    [ "$status" -eq 3 ]
    [[ $output == *"nowhere/map.svg: No such file or directory"* ]]
}

@test "map: a result that cannot be read is not one that is cut off" {
    run "$cowlab" map nosuch.json
    [ "$status" -ne 0 ]
    [ "$output" = 'cowlab: cannot open nosuch.json: No such file or directory' ]
    mkdir folder.json
    run "$cowlab" map folder.json
    [ "$status" -ne 0 ]
    [ "$output" = 'cowlab: cannot read folder.json: Is a directory' ]
    echo '{"schema":' >cut.json
    run "$cowlab" map cut.json
    [ "$status" -ne 0 ]
    [[ $output == *'cut.json:2:0: '*'the file is not a whole result; move it away'* ]]
}

@test "map: without root for one's own processes, not for others'" {
    [ "$(id -u)" -eq 0 ] || skip "root alone can become another user"
    nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    "${nobody[@]}" true || skip "setpriv does not work here"
    start_family "${nobody[@]}"
    family_does break 0 70
    "${nobody[@]}" "$cowlab" map "${worker[0]}" >map
    [ "$(area '300 pages: 230 shared, 70 broken')" = "$(repeat u 70)$(repeat s 230)" ]
    run "${nobody[@]}" "$cowlab" map $$
    [ "$status" -eq 3 ]
    [[ $output == *"process $$: "*"try as root"* ]]
}

@test "map: the example of --help runs" {
    run "$cowlab" map --help
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == "Example: cowlab map "* ]]
    eval "'$cowlab' ${lines[-1]#Example: cowlab }" >map
    grep -q '^\[stack\] at ' map
}
