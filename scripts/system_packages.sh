#!/usr/bin/env bash
# What the tests need beside Python: installs what is missing when it may, else names it in one line.
# `--stack` asks only for what `make up` needs.
set -euo pipefail

missing=()
have() { command -v "$1" >/dev/null 2>&1; }
have mvn || missing+=(maven)
have java || [[ -x ${JAVA_HOME:-/nowhere}/bin/java ]] || missing+=(openjdk-17-jdk-headless)
if [[ ${1:-} != --stack ]]; then
    have chromium || have chromium-browser || have google-chrome || missing+=(chromium)
    have nginx || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
    have caddy || [[ -x /usr/bin/caddy ]] || missing+=(caddy)
    have jq || missing+=(jq)
    have curl || missing+=(curl)
    have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
fi
if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi
if [[ $EUID -ne 0 ]] || ! have apt-get; then
    echo "missing system packages: ${missing[*]} (install them, for example: sudo apt-get install ${missing[*]})" >&2
    exit 1
fi
echo "installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
