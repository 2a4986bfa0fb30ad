"""Sign-in through Keycloak, the session, and the guards that every blueprint names."""
