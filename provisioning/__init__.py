"""Turns the Administrator's YAML into accounts and API keys in Keycloak, and keeps the legal record of it."""
