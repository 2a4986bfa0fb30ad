"""The Flask application that people and systems see. Reads the ledger; Keycloak does the logins."""
