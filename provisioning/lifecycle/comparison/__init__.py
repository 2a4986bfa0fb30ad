"""Compares what Keycloak holds with the ledger, and brings it back: convergence, findings, recovery."""
