"""Somebody who acts while Keycloak does not answer: what is recorded stands all the same."""

from __future__ import annotations

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger
from provisioning.lifecycle.operator import Operator
from provisioning.model.secret import Secret


def operator_without_keycloak(ledger: Ledger, actor: str) -> Operator:
    """An operator on this ledger; nothing listens where its Keycloak should be."""
    nobody = KeycloakConnection("http://127.0.0.1:9", "aikom", "provisioning", Secret("none"))
    return Operator(nobody, ledger, actor)
