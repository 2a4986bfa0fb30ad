"""The life of an OIS as events, for tests of what they add up to."""

from __future__ import annotations

from typing import Final

from provisioning.model.events import EventKind, NewEvent
from tests.support.ledger_events import SCHOOL, event

OIS: Final = "ois-shodennyk"
SLUG: Final = "shodennyk"
RIGHTS: Final = ("students.read", "staff.read")
UNTIL: Final = "2027-11-20"
MANDATE: Final = f"{SCHOOL}.{SLUG}.1"


def applied(subject: str = OIS) -> NewEvent:
    """An application."""
    return event(
        EventKind.OIS_APPLIED,
        subject,
        name="Щоденник",
        operator="ТОВ «Щоденник»",
        edrpou="12345678",
        site="https://shodennyk.example.ua",
        email="it@shodennyk.example.ua",
        purposes=["електронний щоденник"],
        rights=list(RIGHTS),
        jwks={"keys": [{"kty": "EC", "kid": "1"}]},
    )


def documents(subject: str = OIS) -> list[NewEvent]:
    """Both documents: agreement and conclusion."""
    return [
        event(EventKind.OIS_AGREEMENT_SUBMITTED, subject, version="1", document="00ff"),
        event(EventKind.OIS_AGREEMENT_ACCEPTED, subject, version="1"),
        event(EventKind.OIS_CONCLUDED, subject, number="7", outcome="positive", until=UNTIL),
    ]


def connected(subject: str = OIS) -> list[NewEvent]:
    """From the application to the connection."""
    return [applied(subject), *documents(subject), event(EventKind.OIS_CONNECTED, subject, rights=list(RIGHTS))]


def granted(number: int = 1, username: str = SCHOOL, slug: str = SLUG) -> NewEvent:
    """A mandate."""
    return event(
        EventKind.MANDATE_GRANTED,
        username,
        mandate=f"{username}.{slug}.{number}",
        ois=slug,
        rights=["students.read"],
        contract_number="12/2026",
        contract_date="2026-11-01",
        until="2026-12-31",
    )


def withdrawn(number: int = 1, username: str = SCHOOL, slug: str = SLUG) -> NewEvent:
    """Its end."""
    return event(EventKind.MANDATE_WITHDRAWN, username, mandate=f"{username}.{slug}.{number}", ois=slug)
