"""Says which differences give or widen access: the watch closes those by itself, all others wait for an apply. Pure.

Whatever is not known to be harmless widens. Source: decision 31, order cl. 5, 8, 11.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provisioning.planning.changes import AccountChange, DeactivateAccount, UpdateAccount
from provisioning.planning.objects import FieldChange, ObjectChange, ObjectType, UpdateObject
from provisioning.planning.plan import Plan

SHOWN: Final = frozenset(
    {
        *("name", "description", "displayName", "displayNameHtml", "firstName", "lastName", "institution_name"),
        *("displayHeader", "displayDescription", "annotations", "display.on.consent.screen", "gui.order"),
        *("loginTheme", "accountTheme", "emailTheme"),
        *("internationalizationEnabled", "supportedLocales", "defaultLocale"),
    }
)
"""Parts of a path that name what is only shown to people."""

_ADDED: Final = frozenset(
    {"roles", "rights", "composites", "scope roles", "scope rights", "defaultClientScopes", "optionalClientScopes"}
)
"""Fields in which more is wider and less is not."""

_DISABLED_BY_HAND: Final = frozenset({ObjectType.CLIENT, ObjectType.RESOURCE_SERVER, ObjectType.STAFF})
"""Types of objects that somebody may have disabled in an emergency; an apply enables them again."""

_MISSING: Final = frozenset({"client", "service account"})
"""Last parts of a path that says, with no value before, that the object does not exist."""


def widens(change: FieldChange) -> bool:
    """Return whether Keycloak has something in this field that may give more access than is wanted."""
    if not SHOWN.isdisjoint(change.path):
        return False
    if change.before is None and change.path[-1] in _MISSING:
        return False
    if not _ADDED.isdisjoint(change.path):
        return _has_more(change)
    return True


def is_wider(plan: Plan) -> bool:
    """Return whether anything of the realm or of accounts gives more access than is wanted."""
    changes = plan.accounts.changes
    return bool(widened_objects(plan.objects) or widened_accounts(changes) or reopened_accounts(changes))


def widened_objects(changes: Iterable[ObjectChange]) -> tuple[ObjectChange, ...]:
    """List the objects of the realm that exist and give more than is wanted; one that is missing gives nothing."""
    return tuple(
        change
        for change in changes
        if isinstance(change, UpdateObject)
        and change.object.type is not ObjectType.TEXTS
        and any(widens(field) and not _shuts(change.object.type, field) for field in change.changes)
    )


def _shuts(kind: ObjectType, change: FieldChange) -> bool:
    """Return whether this is a client or a person of the staff that somebody disabled."""
    return kind in _DISABLED_BY_HAND and change.path == ("enabled",) and change.before is not True


def widened_accounts(changes: Iterable[AccountChange]) -> tuple[UpdateAccount, ...]:
    """List the accounts that have or open more than is wanted."""
    return tuple(
        change for change in changes if isinstance(change, UpdateAccount) and any(widens(f) for f in change.changes)
    )


def reopened_accounts(changes: Iterable[AccountChange]) -> tuple[DeactivateAccount, ...]:
    """List accounts that are over by the record and live in Keycloak."""
    return tuple(change for change in changes if isinstance(change, DeactivateAccount) and change.again)


def _has_more(change: FieldChange) -> bool:
    if isinstance(change.before, tuple):
        return bool(set(change.before) - set(change.after if isinstance(change.after, tuple) else ()))
    return change.before is not None
