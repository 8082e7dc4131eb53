#!/bin/sh
# tap.sh PROGRAM...: runs a test program and passes its TAP on.  cmocka reports
# a skipped test as "not ok N # SKIP", which the TAP driver counts as failed.
output=$("$@")
status=$?
printf '%s\n' "$output" | sed 's/^not ok \([0-9]* # SKIP\)/ok \1/'
exit $status
