"""Account images for planning tests, with one line per thing that matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from provisioning.model.identifiers import ClientId, Username, key_client_id
from provisioning.model.institution import Deactivation, DeactivationReason, Source
from provisioning.planning.changes import AccountImage, DesiredAccount, KeyImage

USERNAME = Username("46-0000001")
KEY = key_client_id(USERNAME, 1)
ATTRIBUTES = {"institution_id": "46-0000001", "kind": "school", "sphere": "/00-0000001/46-0000001"}
LIQUIDATED = Deactivation(DeactivationReason.LIQUIDATION, "№ 1", date(2026, 1, 1))


def key(client_id: ClientId = KEY, **fields: object) -> KeyImage:
    """A live API key."""
    return replace(KeyImage(client_id, True, True, ATTRIBUTES, frozenset({"kind-school"})), **fields)  # type: ignore[arg-type]  # test fields


def image(username: Username = USERNAME, **fields: object) -> AccountImage:
    """A live account with one key."""
    plain = AccountImage(username, True, "school@example.com", ATTRIBUTES, (key(key_client_id(username, 1)),))
    return replace(plain, **fields)  # type: ignore[arg-type]  # test fields


def closed(username: Username = USERNAME) -> AccountImage:
    """The same, closed."""
    dead = key(key_client_id(username, 1), enabled=False, service_enabled=False)
    return image(username, enabled=False, keys=(dead,))


def alive(username: Username = USERNAME, *, is_authority: bool = False, **fields: object) -> DesiredAccount:
    """YAML wants it alive."""
    wanted = image(username, **fields)
    return DesiredAccount(wanted, username[:10], "school", is_authority, 1, None, Source("institutions/46.yaml", 7, 3))


def dead(username: Username = USERNAME) -> DesiredAccount:
    """YAML has it deactivated."""
    return replace(alive(username), image=closed(username), deactivation=LIQUIDATED)
