"""What applying a configuration and sending mail need beyond an actor: the configuration itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.realm.handler import RealmContext
from provisioning.lifecycle.actor import Actor


@dataclass(frozen=True, slots=True)
class Workshop:
    """An actor together with the configuration and settings that it carries out."""

    actor: Actor
    context: RealmContext


BASE_KEY_MAIL: Final = "base-key"
STAFF_MAIL: Final = "staff-invitation"
OPERATOR_MAIL: Final = "operator-invitation"
"""Templates of provisioning.mail."""
