"""The only place that knows Keycloak's Admin REST API and its JSON. Outside it there are typed values only."""
