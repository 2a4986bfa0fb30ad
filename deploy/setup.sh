#!/usr/bin/env bash
# Once before everything else, and harmless when repeated: the ledger's tables and rights, the realm, the configuration.
set -euo pipefail

AIKOM_DATABASE_URL_FILE=$LEDGER_OWNER_URL_FILE provision ledger grant ledger
provision bootstrap --secret-file "$AIKOM_PROVISIONING_SECRET_FILE"
provision apply
