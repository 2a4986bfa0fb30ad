"""Builds the event that ends an account, for a decision of a person and for a line of YAML alike. Pure."""

from __future__ import annotations

from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AccountDeactivated
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation
from provisioning.planning.changes import DesiredAccount


def death_event(desired: DesiredAccount, actor: str) -> NewEvent:
    """Return the event that ends an account. Source: order cl. 7, 10."""
    why = desired.deactivation
    if why is None:
        raise ValueError(f"{desired.image.username} is not deactivated in the configuration")
    return deactivation_event(desired.image.username, why, actor)


def deactivation_event(username: Username, why: Deactivation, actor: str) -> NewEvent:
    """Return the event that ends an account, with all that the order wants known about it. Source: order cl. 7, 10."""
    ended = AccountDeactivated(reason=why.reason, document=why.document, date=why.date, successors=why.successors)
    return NewEvent(ended, username, actor)
