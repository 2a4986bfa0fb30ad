#!/usr/bin/env bash
# `make up`: the embedded stack, then the main job on it, then what there is to see.
set -euo pipefail
cd "$(dirname "$0")/.."

provision=.venv/bin/provision
"$provision" validate
"$provision" stack up "$@"
# What waits for a person, because it is final or refused (exit codes 2 and 4), is said; the stack is up all the same.
left=0
"$provision" apply --leave-deactivations || left=$?
case $left in
0) ;;
2 | 4) echo "make up: provision apply left something to a person (exit code $left), see above; going on" >&2 ;;
*) exit "$left" ;;
esac
"$provision" sandbox apply
"$provision" outbox send
echo
"$provision" stack summary
