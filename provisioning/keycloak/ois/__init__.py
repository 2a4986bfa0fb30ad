"""OIS and mandates in Keycloak: an OIS is a client and a scope, a mandate is that scope on an API key."""
