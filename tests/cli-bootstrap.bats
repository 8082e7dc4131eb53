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

# A machine for ./bootstrap --with-runtimes, where PyPy and nginx are missing;
# nginx comes with a service, and apt-get notes what Debian would be told of it.
runtimes_missing()
{
    all_installed_but pypy3 nginx-light
    mkdir services
    touch services/ssh
    sed -i "s,^POLICY=.*,POLICY=$home/policy-rc.d,; s,^SERVICES=.*,SERVICES=$home/services," \
        bootstrap
    fake apt-get "echo \"apt-get \$*\" >>$home/calls"'
        [ "$1" = install ] || exit 0
        ./policy-rc.d nginx start
        echo "policy $?" >>'"$home/calls
        touch $home/services/nginx
        exit \${APT_STATUS:-0}"
    fake update-rc.d 'echo "update-rc.d $*" >>'"$home/calls"
}

@test "runtimes are installed where they are asked for, and nowhere else" {
    runtimes_missing
    run ./bootstrap check
    [ "$(cat calls)" = 'autoreconf -fi' ]
    rm calls
    run ./bootstrap --with-runtimes --no-install
    [ "$status" -eq 3 ]
    [[ $output == *$'\npypy3\nnginx-light' ]]
    [ ! -e calls ]
    run ./bootstrap --with-runtimes
    [ "${lines[0]}" = "will install: pypy3 nginx-light" ]
    grep -qx 'apt-get install .* pypy3 nginx-light' calls
}

@test "installing a server starts none, now or when the machine starts" {
    runtimes_missing
    for ending in 0 100; do
        APT_STATUS=$ending run ./bootstrap --with-runtimes
        [ "$(grep -v ^apt-get calls)" = 'policy 101
update-rc.d nginx disable
autoreconf -fi' ]
        [ ! -e policy-rc.d ]
        rm calls services/nginx
    done
    [[ $output == *"going on without pypy3 nginx-light"* ]]
}

@test "a server that was there before is left as it is" {
    runtimes_missing
    touch services/nginx
    run ./bootstrap --with-runtimes
    grep -qx 'policy 101' calls
    ! grep update-rc.d calls
}

@test "another's policy of what may be started stays" {
    runtimes_missing
    printf '#!/bin/sh\n# of this machine\nexit 101\n' >policy-rc.d
    chmod +x policy-rc.d
    run ./bootstrap --with-runtimes
    grep -qx 'policy 101' calls
    grep -q 'of this machine' policy-rc.d
    rm calls
    printf '#!/bin/sh\nexit 0\n' >policy-rc.d
    run ./bootstrap --with-runtimes
    [[ $output == *"policy-rc.d lets services start as they are installed"* ]]
    [[ $output == *"going on without pypy3 nginx-light"* ]]
    [ "$(cat calls)" = 'autoreconf -fi' ]
    grep -qx 'exit 0' policy-rc.d
}

@test "an interrupted installation leaves no policy behind" {
    runtimes_missing
    fake apt-get '[ "$1" = install ] || exit 0
        [ -e policy-rc.d ] && touch '"$home/forbidden"'
        kill -TERM $PPID'
    run ./bootstrap --with-runtimes
    [ "$status" -ne 0 ]
    [ -e forbidden ]
    [ ! -e policy-rc.d ]
}
