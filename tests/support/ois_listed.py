"""OIS of the public list, as the ledger's events make them: one connected, one suspended, one that only applied."""

from __future__ import annotations

from provisioning.ledger import Ledger
from provisioning.model.events import EventKind, JsonValue, NewEvent
from tests.support.ledger_events import event_by
from tests.support.sidecar_names import AUTHORITY, ENDED, OPERATED, SCHOOL

CONNECTED = "diary"
SUSPENDED = "formula"
APPLIED = "newcomer"


def record_ois(ledger: Ledger) -> None:
    """Record their life; a school and an authority have given `diary` a mandate."""
    with ledger.transaction() as transaction:
        transaction.append(
            [
                *_connected(CONNECTED, "Щоденник <Плюс>", "електронний щоденник"),
                *_connected(SUSPENDED, "=HYPERLINK(1)", "облік учнів"),
                event(EventKind.OIS_SUSPENDED, SUSPENDED, reason="кіберінцидент"),
                _applied(APPLIED, "Новачок", "електронний журнал"),
                _mandate(SCHOOL, 1),
                _mandate(AUTHORITY, 1),
            ]
        )


def record_operated(ledger: Ledger) -> None:
    """Two OIS with operators: one has applied, the other was rejected."""
    with ledger.transaction() as transaction:
        transaction.append(
            [
                _applied(OPERATED, "Щоденник «Плюс»", "електронний щоденник"),
                _applied(ENDED, "Минуле", "облік учнів"),
                event(EventKind.OIS_REJECTED, ENDED, reason="немає договору"),
            ]
        )


def event(kind: EventKind, slug: str, /, reason: str | None = None, **data: JsonValue) -> NewEvent:
    """An event of an OIS."""
    return event_by("o.koval", kind, f"ois-{slug}", data, reason)


def documents_and_connection(slug: str) -> list[NewEvent]:
    """What happens to an OIS between its application and its connection."""
    return [
        event(EventKind.OIS_AGREEMENT_SUBMITTED, slug, version="1.0", document="00" * 32),
        event(EventKind.OIS_AGREEMENT_ACCEPTED, slug, version="1.0"),
        event(
            EventKind.OIS_CONCLUDED,
            slug,
            reason="Без зауважень",
            number=f"{slug}-7",
            outcome="positive",
            until="2027-11-20",
            requirements_version="1.0",
        ),
        event(EventKind.OIS_CONNECTED, slug, rights=["students.read", "classes.read"]),
    ]


def _connected(slug: str, name: str, purpose: str) -> list[NewEvent]:
    return [_applied(slug, name, purpose), *documents_and_connection(slug)]


def _applied(slug: str, name: str, purpose: str) -> NewEvent:
    return event(
        EventKind.OIS_APPLIED,
        slug,
        name=name,
        operator="ТОВ «Вигадка»",
        edrpou="02145719",
        site=f"https://{slug}.example.ua",
        email=f"it@{slug}.example.ua",
        purposes=[purpose],
        rights=["students.read", "classes.read"],
    )


def _mandate(username: str, number: int) -> NewEvent:
    data: dict[str, JsonValue] = {
        "mandate": f"{username}.{CONNECTED}.{number}",
        "ois": CONNECTED,
        "rights": ["students.read"],
        "contract_number": "12/2026",
        "contract_date": "2026-11-01",
    }
    return event_by("o.koval", EventKind.MANDATE_GRANTED, username, data)
