"""Use cases: what happens to accounts and keys, ledger first, then Keycloak, then marked done."""
