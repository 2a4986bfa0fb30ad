#!/usr/bin/env bash
# Brings an installation from before the parts to them: `docker compose run --rm upgrade`. By then `roles` has given every
# role of the database a new password and shut the old one; here follows what Keycloak and the ledger know. Everything that
# the old volume showed to all programs is renewed; the old signing key stays published, so that what it signed holds.
# Harmless when repeated, and when it is interrupted it goes on.
set -euo pipefail

[[ -e $BEFORE/account/provisioning ]] || { echo "upgrade: there is nothing from before the parts here" >&2; exit 1; }

renew() {
    # No setting may name a file that is only being written.
    env -u AIKOM_PROVISIONING_SECRET_FILE -u AIKOM_SANDBOX_SECRET_FILE AIKOM_REALM="$1" \
        provision renew-account --before "$2" --secret-file "$3"
}

renew "$AIKOM_REALM" "$BEFORE/account/provisioning" "$AIKOM_PROVISIONING_SECRET_FILE"
[[ ! -e $BEFORE/account/sandbox ]] ||
    renew "${AIKOM_SANDBOX_REALM:-aikom-sandbox}" "$BEFORE/account/sandbox" "$AIKOM_SANDBOX_SECRET_FILE"
here=$(dirname "$0")
python "$here/earlier_signing_key.py" "$BEFORE/programs/signing-key" "$SIGNING_KEYS_BEFORE"
bash "$here/setup.sh"
AIKOM_DATABASE_URL_FILE=$LEDGER_OWNER_URL_FILE provision ledger revoke ledger
echo "upgrade: done. The old volumes hold nothing that opens anything any more; remove them:"
echo "  docker volume rm aikom_secrets-programs aikom_secrets-account aikom_secrets-database aikom_secrets-keycloak"
