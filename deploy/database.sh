#!/usr/bin/env bash
# PostgreSQL's first start: a database for Keycloak, and one for the ledger with an owner who makes its tables and a role
# of its own for the programs, which may add events and never change them (`provision ledger grant`).
set -euo pipefail

psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres <<SQL
CREATE ROLE keycloak LOGIN PASSWORD '$(<"$SECRETS/database-keycloak")';
CREATE DATABASE keycloak OWNER keycloak;
CREATE ROLE ledger_owner LOGIN PASSWORD '$(<"$SECRETS/database-ledger-owner")';
CREATE ROLE ledger LOGIN PASSWORD '$(<"$SECRETS/database-ledger")';
CREATE DATABASE ledger OWNER ledger_owner;
REVOKE CONNECT ON DATABASE keycloak, ledger FROM PUBLIC;
GRANT CONNECT ON DATABASE ledger TO ledger;
SQL
