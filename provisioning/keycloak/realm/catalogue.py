"""All types of realm objects together: what is desired, what exists, and who carries out a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.clients import Clients, ResourceServer
from provisioning.keycloak.realm.flows import Flows
from provisioning.keycloak.realm.handler import Handler, RealmContext
from provisioning.keycloak.realm.profile import UserProfile
from provisioning.keycloak.realm.required_actions import RequiredActions
from provisioning.keycloak.realm.rights import Rights
from provisioning.keycloak.realm.roles import Roles
from provisioning.keycloak.realm.scopes import ClientScopes
from provisioning.keycloak.realm.settings import RealmSettings
from provisioning.keycloak.realm.staff import Staff
from provisioning.keycloak.realm.texts import Texts
from provisioning.planning.objects import CreateObject, ObjectChange, ObjectType, RealmObject, UpdateObject

_HANDLERS: Final[tuple[Handler, ...]] = (
    Flows(),
    RequiredActions(),
    ResourceServer(),
    Rights(),
    Roles(),
    ClientScopes(),
    Clients(),
    RealmSettings(),
    UserProfile(),
    Texts(),
    Staff(),
)
_BY_TYPE: Final[Mapping[ObjectType, Handler]] = {handler.type: handler for handler in _HANDLERS}


def desired_objects(context: RealmContext) -> list[RealmObject]:
    """Return every realm object that the configuration asks for."""
    return [wanted for handler in _HANDLERS for wanted in handler.desired(context)]


def read_objects(connection: KeycloakConnection, desired: list[RealmObject]) -> list[RealmObject]:
    """Return the objects named in `desired`, as far as they exist."""
    found: list[RealmObject] = []
    for handler in _HANDLERS:
        names = [wanted.name for wanted in desired if wanted.type is handler.type]
        found.extend(handler.read(connection, names))
    return found


def carry_out(connection: KeycloakConnection, change: ObjectChange, context: RealmContext) -> None:
    """Carry out one change of a realm object; safe to repeat after a crash."""
    handler = _BY_TYPE[change.object.type]
    match change:
        case CreateObject():
            handler.create(connection, change.object, context)
        case UpdateObject():
            handler.update(connection, change, context)
