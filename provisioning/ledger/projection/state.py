"""What events add up to, and what a noun's module must offer. Pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from provisioning.model.events import Content, Event, NewEvent, Unreadable
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import MandateRecord, OisRecord, Slug
from provisioning.model.records import AccountRecord, ApiKeyRecord
from provisioning.model.support_requests import SupportRequest
from provisioning.model.unreadable import UnreadableRecord


@dataclass(slots=True)
class Projection:
    """Records by name: all of them, or those that a batch of events touches."""

    accounts: dict[Username, AccountRecord] = field(default_factory=dict)
    api_keys: dict[ClientId, ApiKeyRecord] = field(default_factory=dict)
    ois: dict[Slug, OisRecord] = field(default_factory=dict)
    mandates: dict[str, MandateRecord] = field(default_factory=dict)
    requests: dict[str, SupportRequest] = field(default_factory=dict)
    unreadable: dict[str, UnreadableRecord] = field(default_factory=dict)

    def copy(self) -> Projection:
        """Return the same records; what is added to the copy is not in the original."""
        return Projection(
            dict(self.accounts),
            dict(self.api_keys),
            dict(self.ois),
            dict(self.mandates),
            dict(self.requests),
            dict(self.unreadable),
        )


@dataclass(slots=True)
class Touched:
    """Names of records, by noun; the fields are named as those of `Projection`."""

    accounts: set[str] = field(default_factory=set)
    api_keys: set[str] = field(default_factory=set)
    ois: set[str] = field(default_factory=set)
    mandates: set[str] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)


Recordable: TypeAlias = NewEvent | Event
"""An event that is about to be recorded, or was."""


class Noun(Protocol):
    """A module of this package: the events of one noun and what they mean."""

    @property
    def EVENTS(self) -> Set[type[Content | Unreadable]]:  # noqa: N802 - modules write their constants so
        """Types of the contents that this module alone decides on."""
        ...

    def touch(self, event: Recordable, names: Touched) -> None:
        """Add the names of the records that the other two look at."""
        ...

    def objection(self, state: Projection, event: Recordable) -> str | None:
        """Return why the event must not be recorded, or None."""
        ...

    def project(self, state: Projection, event: Event) -> None:
        """Take the event in."""
        ...
