"""What would change: desired state against Keycloak and the ledger. Pure: everything it needs is an argument."""
