#!/usr/bin/env bash
# `make up`: the embedded stack, then the main job on it, then what there is to see.
set -euo pipefail
cd "$(dirname "$0")/.."

provision=.venv/bin/provision
"$provision" validate
"$provision" stack up "$@"
# What is final waits for a person (exit code 2): the stack is up all the same.
"$provision" apply --leave-deactivations || [[ $? -eq 2 ]]
"$provision" sandbox apply
"$provision" outbox send
echo
"$provision" stack summary
