# front.bash: a cowlab whose subjects are recorded descriptions, the same on
# every machine: two collectors, a python, gunicorn and no other server, and
# neither pypy nor ruby.  For bats tests: `load front`, then set_up_front and
# tear_down_front.

set_up_front()
{
    FRONT=$(mktemp -d)
    local describe=$COWLAB_SOURCE/tests/fixtures/describe name
    mkdir "$FRONT/collectors" "$FRONT/bin"
    cp "$COWLAB_BUILD/cowlab" "$FRONT/cowlab"
    for name in mark-header mark-side; do
        fake_program "$FRONT/collectors/$name" "cat '$describe/$name.txt'"
    done
    # shellcheck disable=SC2016 # $2 is what the script is told
    fake_program "$FRONT/bin/python3" 'case $2 in
        --describe) cat "'"$describe"'/python.txt" ;;
        gunicorn) cat "'"$describe"'/gunicorn.txt" ;;
        *) printf "cowlab-subject\t1\nsubject\t%s\nmissing\t%s\n" "$2" \
            "$2 is not installed (Debian package $2-core)" ;;
        esac'
}

tear_down_front()
{
    rm -rf "$FRONT"
}

# fake_program PATH COMMAND
fake_program()
{
    printf '#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n' "$2" >"$1"
    chmod +x "$1"
}

# Runs cowlab where only the fake interpreters are on PATH.
front()
{
    PATH=$FRONT/bin "$FRONT/cowlab" "$@"
}
