#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock anew from the .in files, with hashes, for every platform.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v uv >/dev/null || { echo "lock: needs uv (pip install uv)" >&2; exit 1; }
options=(-q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links)
uv pip compile requirements.in "${options[@]}" --custom-compile-command "make lock" -o requirements.lock
uv pip compile requirements-dev.in "${options[@]}" --custom-compile-command "make lock" -c requirements.lock -o requirements-dev.lock
