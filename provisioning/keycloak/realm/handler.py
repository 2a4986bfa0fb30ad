"""What each type of realm object must offer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.configuration import Configuration
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject
from provisioning.settings import Settings


@dataclass(frozen=True, slots=True)
class RealmContext:
    """What desired realm objects are made of: the administrators' policy and where the installation's parts are."""

    configuration: Configuration
    settings: Settings


class RealmReading:
    """One look at the realm: what several types of objects are read from is asked for once."""

    def __init__(self, connection: KeycloakConnection) -> None:
        self.connection = connection

    @cached_property
    def export(self) -> dict[str, Any]:
        """The realm as Keycloak exports it, without users, clients and secrets: one call, however many objects."""
        return dict(self.connection.post("/partial-export?exportClients=false&exportGroupsAndRoles=true", {}))


class Handler(Protocol):
    """One type of realm object. Writing is idempotent: after a crash the same change may be carried out again."""

    type: ObjectType

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the objects that the configuration asks for. Pure."""
        ...

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Return those of `names` that exist, with every field that Keycloak has of them."""
        ...

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the object."""
        ...

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Change only the fields that differ; what comes to None is foreign and goes."""
        ...
