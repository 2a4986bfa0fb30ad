#!/usr/bin/env bash
# Keycloak takes secrets from its environment only: they are read from files here, so that no compose file holds them.
set -euo pipefail

KC_DB_PASSWORD=$(<"$SECRETS/database-keycloak")
KC_BOOTSTRAP_ADMIN_CLIENT_SECRET=$(<"$SECRETS/keycloak-bootstrap")
export KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_CLIENT_SECRET
exec "${KEYCLOAK_HOME:-/opt/keycloak}/bin/kc.sh" start --optimized
