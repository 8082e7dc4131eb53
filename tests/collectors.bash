# collectors.bash: the collector programs of the build tree, whichever they are,
# for bats tests: `load collectors`, then find_collectors fills the array.

find_collectors()
{
    local program
    collectors=()
    for program in "$COWLAB_BUILD"/collectors/*; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            collectors+=("$program")
        fi
    done
    [ "${#collectors[@]}" -gt 0 ]
}
