"""Actors at pages: they record, and reach Keycloak by the door of their page alone. Source: decision 35."""

from __future__ import annotations

from enum import StrEnum

from provisioning.keycloak.door import open_door
from provisioning.keycloak.names import DESK, PORTAL, PUBLIC
from provisioning.ledger import Ledger
from provisioning.lifecycle.actor import Actor
from provisioning.settings import Settings


class Page(StrEnum):
    """Whose pages they are, by the narrow account that they may use."""

    PUBLIC = PUBLIC
    PORTAL = PORTAL
    DESK = DESK


def page_actor(settings: Settings, ledger: Ledger, page: Page) -> Actor:
    """Return an actor of a page, still without a person's name. Contacts nothing."""
    return Actor.at_page(ledger, page.value, open_door(settings, page.value))
