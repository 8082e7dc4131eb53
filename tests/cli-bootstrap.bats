#!/usr/bin/env bats
# ./bootstrap, as far as it can be had without building: a copy of it in an
# empty directory, with the package tools faked.

setup()
{
    home=$(mktemp -d)
    cp "$COWLAB_SOURCE/bootstrap" "$home"
    mkdir "$home/fake"
    PATH=$home/fake:$PATH
    cd "$home" || return
    fake sudo 'exec "$@"'
    fake apt-get 'echo "apt-get $*" >>'"$home/calls"
    fake autoreconf 'echo "autoreconf $*" >>'"$home/calls; exit 1"
}

teardown()
{
    rm -rf "$home"
}

# fake NAME SCRIPT
fake()
{
    printf '#!/bin/bash\n%s\n' "$2" >"$home/fake/$1"
    chmod +x "$home/fake/$1"
}

# Every package but those named counts as installed.
all_installed_but()
{
    fake dpkg-query 'for package in "${@:3}"; do
        [[ " '"$*"' " == *" $package "* ]] || echo "$package installed"
    done'
}

@test "--help tells the commands and an example" {
    run ./bootstrap --help
    [ "$status" -eq 0 ]
    [[ $output == *"--no-install"* ]]
    [[ $output == *"Example: ./bootstrap demo"* ]]
}

@test "an unknown word is refused" {
    run ./bootstrap demonstrate
    [ "$status" -eq 1 ]
    [[ $output == *"unknown argument 'demonstrate'"* ]]
    run ./bootstrap demo check
    [ "$status" -eq 1 ]
    [ ! -e calls ]
}

@test "--no-install lists what is missing on stdout and stops with 3" {
    all_installed_but libgsl-dev make gnuplot-nox bats
    run bash -c './bootstrap --no-install 2>/dev/null'
    [ "$status" -eq 3 ]
    [ "$output" = $'make\nlibgsl-dev' ]
    run bash -c './bootstrap demo --no-install 2>/dev/null'
    [ "$status" -eq 3 ]
    [ "$output" = $'make\nlibgsl-dev\ngnuplot-nox' ]
    run bash -c './bootstrap --no-install check 2>/dev/null'
    [ "$status" -eq 3 ]
    [ "$output" = $'make\nlibgsl-dev\ngnuplot-nox\nbats' ]
    [ ! -e calls ]
}

@test "a package that was removed but left its configuration is missing" {
    fake dpkg-query 'for package in "${@:3}"; do
        echo "$package config-files"
    done'
    run ./bootstrap --no-install
    [ "$status" -eq 3 ]
    [[ $output == *libjansson-dev* ]]
}

@test "what is missing is listed, then installed, then the build begins" {
    all_installed_but libgsl-dev make
    run ./bootstrap
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "will install: make libgsl-dev" ]
    [ "$(cat calls)" = 'apt-get update
apt-get install -y --no-install-recommends make libgsl-dev
autoreconf -fi' ]
}

@test "with nothing missing nothing is installed" {
    all_installed_but
    run ./bootstrap --no-install
    [ "$status" -eq 1 ]
    [ "$(cat calls)" = 'autoreconf -fi' ]
}

@test "a failing step shows the end of its log" {
    all_installed_but make
    fake apt-get 'echo "the mirror is down"; exit 100'
    run ./bootstrap
    [ "$status" -eq 3 ]
    [[ $output == *"failed after"*"build/apt-update.log"*"the mirror is down"* ]]
}

@test "check ends with its verdict even when nothing could be built" {
    all_installed_but
    run bash -c './bootstrap check 2>/dev/null'
    [ "$status" -eq 1 ]
    [ "$output" = "0 passed, 1 failed, 0 skipped" ]
}

@test "what the build can do without is asked for, and not insisted on" {
    all_installed_but libgc-dev
    fake apt-get 'echo "apt-get $*" >>'"$home/calls"'; exit 100'
    run ./bootstrap
    [ "$status" -eq 1 ]
    [[ $output == *"bootstrap: going on without libgc-dev"* ]]
    [ "$(cat calls)" = 'apt-get update
autoreconf -fi' ]
    rm calls
    run ./bootstrap --no-install
    [ "$status" -eq 1 ]
    [[ $output == *"bootstrap: going on without libgc-dev"* ]]
    [ "$(cat calls)" = 'autoreconf -fi' ]
}
