"""Conclusions on an OIS, from its events. PURE. Source: order cl. 6, annex 2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from provisioning.model.events import Event, EventKind, JsonValue, format_time
from provisioning.model.events.papers import OisConcluded, OisConclusionRevoked
from provisioning.model.ois import ConclusionOutcome, OisRecord

KINDS: Final = (EventKind.OIS_CONCLUDED, EventKind.OIS_CONCLUSION_REVOKED)
JWS_TYPE: Final = "aikom-conclusion+jws"


@dataclass(frozen=True, slots=True)
class ConclusionNote:
    """One conclusion. `remarks` are the Administrator's words, `unmet` the requirements that it found not to be met;
    `revoked_at` is set once it is revoked."""

    number: str
    outcome: ConclusionOutcome
    until: date
    requirements_version: str
    issued_at: datetime
    remarks: str | None
    unmet: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    revocation: str | None = None

    def as_payload(self, ois: OisRecord, issuer: str) -> dict[str, JsonValue]:
        """Return the payload to be signed. For a revoked conclusion it names when it was revoked."""
        return {
            "iss": issuer,
            "iat": int(self.issued_at.timestamp()),
            "number": self.number,
            "outcome": self.outcome.value,
            "until": self.until.isoformat(),
            "requirements_version": self.requirements_version,
            "remarks": self.remarks,
            "unmet": list(self.unmet),
            "revoked_at": None if self.revoked_at is None else format_time(self.revoked_at),
            "ois": {"slug": ois.slug, "name": ois.name, "operator": ois.operator, "edrpou": ois.edrpou},
        }


def conclusions(events: Iterable[Event]) -> tuple[ConclusionNote, ...]:
    """Collect all conclusions on one OIS, newest first; `events` are its events of `KINDS`, in order."""
    notes: dict[str, ConclusionNote] = {}
    for event in events:
        match event.content:
            case OisConcluded() as told:
                notes[told.number] = ConclusionNote(
                    told.number,
                    told.outcome,
                    told.until,
                    told.requirements_version,
                    event.at,
                    event.reason,
                    told.unmet or (),
                )
            case OisConclusionRevoked(number=str(number)) if number in notes:
                notes[number] = replace(notes[number], revoked_at=event.at, revocation=event.reason)
    return tuple(reversed(notes.values()))
