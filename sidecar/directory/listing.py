"""The public list of connected OIS, worked out from the ledger's records. PURE. Source: order cl. 5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from provisioning.model.events import Event, EventKind, Head, JsonValue, format_time
from provisioning.model.ois import OisRecord, OisState, Slug


class Standing(StrEnum):
    """The state of an OIS in the list. Only CONNECTED reaches the central database."""

    CONNECTED = "connected"
    SUSPENDED = "suspended"
    CONCLUSION_EXPIRED = "conclusion-expired"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class ListedOis:
    """One line of the list. `institutions` is how many accounts have a mandate in force today."""

    slug: Slug
    name: str
    operator: str
    edrpou: str
    site: str
    standing: Standing
    purposes: tuple[str, ...]
    rights: tuple[str, ...]
    connected_at: datetime
    suspended_at: datetime | None
    conclusion_number: str | None
    conclusion_until: date | None
    agreement_version: str | None
    institutions: int

    def as_json(self) -> dict[str, JsonValue]:
        """Return the line as the JSON document, the signed list and the table have it."""
        return {name: _plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a listed OIS, for the feed."""

    seq: int
    at: datetime
    slug: Slug
    name: str
    kind: EventKind


CHANGES: Final = (
    EventKind.OIS_CONNECTED,
    EventKind.OIS_SUSPENDED,
    EventKind.OIS_RESUMED,
    EventKind.OIS_TERMINATED,
    EventKind.OIS_CONCLUDED,
)


@dataclass(frozen=True, slots=True)
class PublicList:
    """The whole publication at one moment: `seq` and `at` are the ledger's last event."""

    seq: int
    at: datetime
    listed: tuple[ListedOis, ...]
    ended: tuple[ListedOis, ...]
    changes: tuple[Change, ...]

    def find(self, slug: str) -> ListedOis | None:
        """Return a line by its slug, those of terminated connections included."""
        return next((ois for ois in (*self.listed, *self.ended) if ois.slug == slug), None)

    def purposes(self) -> tuple[str, ...]:
        """Return every purpose in the list once, to filter by."""
        return tuple(sorted({purpose for ois in self.listed for purpose in ois.purposes}))

    def matching(self, words: str, purpose: str) -> tuple[ListedOis, ...]:
        """Return the lines whose name, operator or code holds all words and, when one is given, that have a purpose."""
        wanted = words.casefold().split()
        return tuple(
            ois
            for ois in self.listed
            if (not purpose or purpose in ois.purposes)
            and all(word in f"{ois.name} {ois.operator} {ois.edrpou} {ois.slug}".casefold() for word in wanted)
        )


def public_list(
    records: Mapping[Slug, OisRecord], counts: Mapping[Slug, int], events: Iterable[Event], head: Head, today: date
) -> PublicList:
    """Put the list together; `events` are those of `CHANGES`, `head` is the end of the chain."""
    lines = [
        _line(ois, ois.connected_at, counts.get(ois.slug, 0), today)
        for ois in records.values()
        if ois.connected_at is not None
    ]
    lines.sort(key=lambda line: (line.name.casefold(), line.slug))
    ended = tuple(line for line in lines if line.standing is Standing.TERMINATED)
    listed = tuple(line for line in lines if line.standing is not Standing.TERMINATED)
    names = {line.slug: line.name for line in lines}
    changes = [_change(event, names) for event in events]
    found = tuple(change for change in reversed(changes) if change is not None)
    return PublicList(head.seq, head.at, listed, ended, found)


def _line(ois: OisRecord, connected_at: datetime, institutions: int, today: date) -> ListedOis:
    return ListedOis(
        slug=ois.slug,
        name=ois.name,
        operator=ois.operator,
        edrpou=ois.edrpou,
        site=ois.site,
        standing=_standing(ois, today),
        purposes=ois.purposes,
        rights=tuple(sorted(ois.rights)),
        connected_at=connected_at,
        suspended_at=ois.suspended_at,
        conclusion_number=ois.conclusion_number,
        conclusion_until=ois.conclusion_until,
        agreement_version=ois.agreement_version,
        institutions=institutions,
    )


def _standing(ois: OisRecord, today: date) -> Standing:
    match ois.state:
        case OisState.TERMINATED:
            return Standing.TERMINATED
        case OisState.SUSPENDED:
            return Standing.SUSPENDED
        case _:
            return Standing.CONNECTED if ois.is_open(today) else Standing.CONCLUSION_EXPIRED


def _change(event: Event, names: Mapping[Slug, str]) -> Change | None:
    slug = Slug(event.subject.removeprefix("ois-"))
    # A conclusion of an OIS that was never connected is nobody else's business.
    return Change(event.seq, event.at, slug, names[slug], EventKind(event.kind)) if slug in names else None


def _plain(value: Any) -> JsonValue:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value
