#!/usr/bin/env bash
# The database's roles: one for Keycloak, one who owns the ledger's tables, one for each part that works with them, one for
# the sandbox, whose ledger is a database of its own that no role of the real one may open. What each may do in the ledger
# is `provision ledger grant`'s. Run as the superuser before everything else, at every start: it makes what is missing,
# gives every role the password of its file, and shuts `ledger`, the role that all programs had before they were parts.
set -euo pipefail

parts=(public portal desk gate watch provisioning)
others=(superuser keycloak ledger-owner sandbox)

# All of them are read before anything is done: none missing, and nothing in them that would need quoting.
declare -A password
for name in "${others[@]}" "${parts[@]/#/ledger-}"; do
    password[$name]=$(<"$SECRETS/database-$name")
    [[ ${password[$name]} =~ ^[A-Za-z0-9_-]+$ ]] || { echo "database-$name holds no password of ours" >&2; exit 1; }
done

role() {
    cat <<SQL
SELECT 'CREATE ROLE $1' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') \gexec
ALTER ROLE $1 LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${password[$2]}';
SQL
}

database() {
    echo "SELECT 'CREATE DATABASE $1 OWNER $2' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$1') \\gexec"
    echo "REVOKE ALL ON DATABASE $1 FROM PUBLIC;"
}

{
    # No password gets into the server's log.
    echo "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1;"
    echo "ALTER ROLE CURRENT_USER PASSWORD '${password[superuser]}';"
    role keycloak keycloak
    role ledger_owner ledger-owner
    role sandbox sandbox
    database keycloak keycloak
    database ledger ledger_owner
    database sandbox sandbox
    for part in "${parts[@]}"; do
        role "ledger_$part" "ledger-$part"
        echo "GRANT CONNECT ON DATABASE ledger TO ledger_$part;"
    done
} | psql -v ON_ERROR_STOP=1 --quiet --no-psqlrc --dbname postgres

psql -v ON_ERROR_STOP=1 --quiet --no-psqlrc --dbname ledger <<'SQL'
SELECT format(statement, 'ledger') FROM (VALUES
    ('ALTER ROLE %I NOLOGIN PASSWORD NULL'),
    ('REVOKE ALL ON DATABASE ledger FROM %I'),
    ('DROP OWNED BY %I')
) AS shut (statement) WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'ledger') \gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE usename = 'ledger' \gset
SQL
