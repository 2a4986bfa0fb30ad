#!/usr/bin/env bash
# Once before everything else, and harmless when repeated: the ledger's tables, each part's rights in it, the signing key,
# the realm, the configuration. It alone works as the owner of the tables.
set -euo pipefail

# The provisioning accounts' secrets are written by `bootstrap`: before that no setting may name them.
secret_file=$AIKOM_PROVISIONING_SECRET_FILE
sandbox_secret_file=$AIKOM_SANDBOX_SECRET_FILE
unset AIKOM_PROVISIONING_SECRET_FILE AIKOM_SANDBOX_SECRET_FILE

for part in public portal desk gate watch provisioning; do
    AIKOM_DATABASE_URL_FILE=$LEDGER_OWNER_URL_FILE provision ledger grant "ledger_$part" --part "$part"
done
[[ -e $AIKOM_CHECKPOINT_KEY ]] || provision ledger checkpoint-key "$AIKOM_CHECKPOINT_KEY"
# Whoever only compares, as the pages do, is given the public half beside the checkpoints.
cp "$AIKOM_CHECKPOINT_KEY.pub" "$AIKOM_CHECKPOINT_TO/key.pub"
provision bootstrap --secret-file "$secret_file" --sandbox-secret-file "$sandbox_secret_file"
export AIKOM_PROVISIONING_SECRET_FILE=$secret_file AIKOM_SANDBOX_SECRET_FILE=$sandbox_secret_file
# What waits for a person, because it is final or refused (exit codes 2 and 4), is said; the stack starts all the same.
left=0
provision apply --leave-deactivations || left=$?
case $left in
0) ;;
2 | 4) echo "setup: provision apply left something to a person (exit code $left), see above; going on" >&2 ;;
*) exit "$left" ;;
esac
provision sandbox apply
