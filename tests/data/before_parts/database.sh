#!/usr/bin/env bash
# PostgreSQL's first start: a database for Keycloak, and one for the ledger with an owner who makes its tables and a role
# of its own for the programs, which may add events and never change them (`provision ledger grant`). The sandbox's ledger is
# a database of its own, which no role of the real one may open.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname postgres <<SQL
CREATE ROLE keycloak LOGIN PASSWORD '$(<"$SECRETS/database-keycloak")';
CREATE DATABASE keycloak OWNER keycloak;
CREATE ROLE ledger_owner LOGIN PASSWORD '$(<"$SECRETS/database-ledger-owner")';
CREATE ROLE ledger LOGIN PASSWORD '$(<"$SECRETS/database-ledger")';
CREATE DATABASE ledger OWNER ledger_owner;
CREATE ROLE sandbox LOGIN PASSWORD '$(<"$SECRETS/database-sandbox")';
CREATE DATABASE sandbox OWNER sandbox;
REVOKE CONNECT ON DATABASE keycloak, ledger, sandbox FROM PUBLIC;
GRANT CONNECT ON DATABASE ledger TO ledger;
SQL
