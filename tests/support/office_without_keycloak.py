"""Somebody who acts while Keycloak does not answer: what is recorded stands all the same."""

from __future__ import annotations

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger
from provisioning.lifecycle.actor import Actor
from provisioning.model.secret import Secret


def actor_without_keycloak(ledger: Ledger, actor: str) -> Actor:
    """Return an actor on this ledger; nothing listens where its Keycloak should be."""
    nobody = KeycloakConnection("http://127.0.0.1:9", "aikom", "provisioning", Secret("none"))
    return Actor(nobody, ledger, actor)
