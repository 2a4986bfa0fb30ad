"""All types of realm objects together: what is desired, what exists, and who carries out a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.baseline import with_baseline
from provisioning.keycloak.realm.clients import Clients, ResourceServer
from provisioning.keycloak.realm.components import Components
from provisioning.keycloak.realm.flows import Flows
from provisioning.keycloak.realm.handler import Handler, RealmContext, RealmReading
from provisioning.keycloak.realm.profile import UserProfile
from provisioning.keycloak.realm.required_actions import RequiredActions
from provisioning.keycloak.realm.rights import Rights
from provisioning.keycloak.realm.roles import Roles
from provisioning.keycloak.realm.scopes import ClientScopes
from provisioning.keycloak.realm.settings import RealmSettings
from provisioning.keycloak.realm.staff import Staff
from provisioning.keycloak.realm.texts import Texts
from provisioning.keycloak.whole.left import LEFT_OF_REALM
from provisioning.planning.objects import CreateObject, ObjectChange, ObjectType, RealmObject, UpdateObject

_HANDLERS: Final[tuple[Handler, ...]] = (
    Flows(),
    RequiredActions(),
    ResourceServer(),
    Rights(),
    Roles(),
    ClientScopes(),
    Clients(),
    Components(),
    RealmSettings(),
    UserProfile(),
    Texts(),
    Staff(),
)
_BY_TYPE: Final[Mapping[ObjectType, Handler]] = {handler.type: handler for handler in _HANDLERS}


def desired_objects(context: RealmContext) -> list[RealmObject]:
    """Return every realm object that there must be, whole: what the configuration asks for, and the rest as in a fresh
    realm.
    """
    return [_without_left(wanted) for wanted in with_baseline(asked_objects(context), context.settings.realm)]


def asked_objects(context: RealmContext) -> list[RealmObject]:
    """Return every realm object that the configuration asks for, with the fields that it decides."""
    return [wanted for handler in _HANDLERS for wanted in handler.desired(context)]


def read_objects(reading: RealmReading, desired: list[RealmObject]) -> list[RealmObject]:
    """Return the objects named in `desired`, as far as they exist, but for what is left to Keycloak."""
    found: list[RealmObject] = []
    for handler in _HANDLERS:
        names = [wanted.name for wanted in desired if wanted.type is handler.type]
        found.extend(map(_without_left, handler.read(reading, names)))
    return found


def _without_left(thing: RealmObject) -> RealmObject:
    left = LEFT_OF_REALM.get(thing.type, {})
    return replace(thing, fields={path: v for path, v in thing.fields.items() if "/".join(path) not in left})


def carry_out(connection: KeycloakConnection, change: ObjectChange, context: RealmContext) -> None:
    """Carry out one change of a realm object; safe to repeat after a crash."""
    handler = _BY_TYPE[change.object.type]
    match change:
        case CreateObject():
            handler.create(connection, change.object, context)
        case UpdateObject():
            handler.update(connection, change, context)
