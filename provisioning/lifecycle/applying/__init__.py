"""From YAML to Keycloak: choose accounts, compare, plan, create and update them, report drift, export."""
