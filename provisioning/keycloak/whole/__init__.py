"""Objects of Keycloak as wholes: their canonical form, what of them is left to Keycloak, and putting them right."""
