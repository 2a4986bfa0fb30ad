"""Accounts and API keys in Keycloak: reading all of them, creating them in batches, changing one."""
