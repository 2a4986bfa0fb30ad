#!/usr/bin/env bash
# Makes .venv as the lock file says. A second run with the same lock file does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.aikom-lock
wanted=$(cat requirements-dev.lock pyproject.toml | python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if [[ -x .venv/bin/provision && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
    exit 0
fi

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [[ -n $candidate ]] || continue
        # A version manager's stand-in may be on PATH without the Python behind it: it has to run.
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "setup: Python 3.11 or newer with venv is needed (packages python3 and python3-venv); set PYTHON to its path" >&2
    return 1
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    echo "setup: making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
echo "setup: installing what requirements-dev.lock names (with hashes)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
echo "$wanted" > "$stamp"
