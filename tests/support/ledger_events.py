"""Events for tests, as short to write as they are to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioning.ledger import LedgerReader
from provisioning.model.events import (
    Content,
    Event,
    EventKind,
    Head,
    JsonValue,
    NewEvent,
    Unreadable,
    canonical_json,
    event_hash,
    kind_named,
)
from provisioning.model.events.catalogue import CATALOGUE

SCHOOL = "46-0000001"
SCHOOL_KEY = f"api-{SCHOOL}-k1"
START = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
EMPTY = Head()


class FakeClock:
    """A clock that stands still until it is told otherwise, and may be set back."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move by so many seconds; negative moves back."""
        self.now += timedelta(seconds=seconds)


SAMPLES: dict[EventKind, dict[str, JsonValue]] = {
    EventKind.LEDGER_OPENED: {"ledger_id": "00000000-0000-0000-0000-000000000000"},
    EventKind.ACCOUNT_CREATED: {
        "institution_id": SCHOOL,
        "generation": 1,
        "kind": "school",
        "sphere": "",
        "name": "",
        "edrpou": "",
        "edebo_id": "",
        "katottg": "",
        "email": "school@example.ua",
        "is_authority": False,
        "client_id": SCHOOL_KEY,
        "base_key_id": None,
    },
    EventKind.ACCOUNT_UPDATED: {
        "changes": [],
        "kind": "school",
        "sphere": "",
        "name": "",
        "edrpou": "",
        "edebo_id": "",
        "katottg": "",
        "email": "school@example.ua",
    },
    EventKind.ACCOUNT_ACTIVATED: {"activated_at": "2026-11-20T09:00:00Z"},
    EventKind.ACCOUNT_DEACTIVATED: {
        "reason": "liquidation",
        "document": "№ 1",
        "date": "2026-11-20",
        "successors": [],
    },
    EventKind.ACCOUNT_REINSTATED: {"document": "№ 2"},
    EventKind.ACCOUNT_UNLOCKED: {},
    EventKind.ACCOUNT_DIRECT_USE_CHANGED: {"allowed": True},
    EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED: {"allowed": True},
    EventKind.BASE_KEY_ISSUED: {"base_key_id": "bk-2", "reset": False},
    EventKind.BASE_KEY_SENT: {"base_key_id": "bk-1", "email": "school@example.ua"},
    EventKind.BASE_KEY_FAILED: {"base_key_id": "bk-1", "email": "school@example.ua"},
    EventKind.BASE_KEY_WITHDRAWN: {"base_key_id": "bk-1"},
    EventKind.API_KEY_CREATED: {"username": SCHOOL, "number": 2},
    EventKind.API_KEY_REVEALED: {"fingerprint": "ab12"},
    EventKind.API_KEY_REVEAL_VOIDED: {"fingerprint": "ab12"},
    EventKind.API_KEY_ENDING: {"ends_at": "2026-12-01T00:00:00.000000Z"},
    EventKind.API_KEY_CUT_OFF: {"reason": "request"},
    EventKind.API_KEY_RETIRED: {},
    EventKind.CUT_OFF_REQUESTED: {"requested_by": "director", "reason": "request", "ois": None},
    EventKind.CUT_OFF_DECIDED: {"reason": "request", "ois": None},
    EventKind.OIS_APPLIED: {
        "name": "Щоденник",
        "operator": "ТОВ",
        "edrpou": "12345678",
        "site": "https://diary.example.ua",
        "email": "ops@diary.example.ua",
        "purposes": [],
        "rights": [],
        "redirect_uris": [],
        "networks": [],
        "data_location": "Київ",
        "jwks": None,
    },
    EventKind.OIS_CHANGED: {},
    EventKind.OIS_AGREEMENT_SUBMITTED: {"version": "1", "document": "00ff"},
    EventKind.OIS_AGREEMENT_ACCEPTED: {"version": "1"},
    EventKind.OIS_AGREEMENT_RETURNED: {"version": "1"},
    EventKind.OIS_EVIDENCE_RECORDED: {
        "requirement": "tls",
        "requirements_version": "1",
        "passed": True,
        "found": {},
    },
    EventKind.OIS_CONCLUDED: {
        "number": "7",
        "outcome": "positive",
        "until": "2028-01-01",
        "requirements_version": "1",
        "document": None,
    },
    EventKind.OIS_CONCLUSION_REVOKED: {"number": "7"},
    EventKind.OIS_CONNECTED: {"rights": []},
    EventKind.OIS_SUSPENDED: {},
    EventKind.OIS_RESUMED: {},
    EventKind.OIS_TERMINATED: {},
    EventKind.OIS_REJECTED: {},
    EventKind.OIS_KEY_CHANGED: {"jwks": None},
    EventKind.OIS_OPERATOR_INVITED: {"base_key_id": "bk-9", "reset": False},
    EventKind.MANDATE_GRANTED: {
        "mandate": f"{SCHOOL}.diary.1",
        "ois": "diary",
        "rights": [],
        "contract_number": "12/26",
        "contract_date": "2026-09-01",
        "until": None,
    },
    EventKind.MANDATE_WITHDRAWN: {"mandate": f"{SCHOOL}.diary.1", "ois": "diary"},
    EventKind.REQUEST_FILED: {"request": "r1", "kind": "support", "text": "?", "document": None},
    EventKind.REQUEST_ANSWERED: {"request": "r1", "outcome": "done"},
    EventKind.REALM_CHANGED: {"objects": []},
    EventKind.PROTOCOL_CHANGED: {"version": "1", "checksum": "0" * 64, "routes": []},
    EventKind.RIGHTS_CHANGED: {
        "kinds": [{"kind": "school", "rights": ["students.read"]}],
        "exceptions": [{"institution_id": SCHOOL, "rights": []}],
    },
    EventKind.STAFF_CHANGED: {"members": [{"username": "o.koval", "roles": ["administrator"]}]},
    EventKind.ADMINISTRATORS_CHANGED: {"administrators": ["o.koval"]},
    EventKind.DECISION_RECORDED: {
        "decision": "deactivation",
        "scope": "one",
        "accounts": [],
        "reason": "liquidation",
        "document": "№ 1",
        "date": "2026-11-20",
        "successors": [],
    },
    EventKind.DECISION_PROPOSED: {
        "decision": "deactivation",
        "scope": "one",
        "accounts": [],
        "reason": "liquidation",
        "document": "№ 1",
        "date": "2026-11-20",
        "successors": [],
        "expires_at": "2026-12-01T00:00:00.000000Z",
    },
    EventKind.DECISION_REFUSED: {"proposal": 1},
    EventKind.DECISION_EXPIRED: {"proposal": 1},
    EventKind.ALARM_RAISED: {"what": "something is wrong"},
}
"""Data of each kind that may be recorded; what a test does not tell is as here."""


def content(kind: EventKind, /, **data: JsonValue) -> Content:
    """A content of any kind; keywords are fields of its data, the others are as in `SAMPLES`."""
    told = {**SAMPLES[kind], **data}
    if kind is EventKind.CUT_OFF_DECIDED and "approved" not in told:
        told = {"ended": [], "new": SCHOOL_KEY, **told}
    found = CATALOGUE.read(kind, json.loads(canonical_json(told)))
    assert not isinstance(found, Unreadable), f"{kind}: {found.why}"
    return found


def event(kind: EventKind, subject: str = SCHOOL, /, *, because: str | None = None, **data: JsonValue) -> NewEvent:
    """An event of any kind; `because` is its reason, the other keywords are its data."""
    return NewEvent(content(kind, **data), subject, "tester", because)


def event_by(
    actor: str, kind: EventKind, subject: str, data: Mapping[str, JsonValue] | None = None, reason: str | None = None
) -> NewEvent:
    """The same by another actor."""
    return NewEvent(content(kind, **(data or {})), subject, actor, reason)


def stored(kind: str, data: str, subject: str = SCHOOL, *, after: Head = EMPTY) -> Event:
    """An event as somebody else's program has recorded it: any kind, any data, and the hash that fits."""
    bare = Event(
        seq=after.seq + 1,
        at=max(START, after.at),
        kind=kind_named(kind),
        subject=subject,
        actor="tester",
        clause="cl. 4",
        reason=None,
        data=data,
        prev_hash=after.hash,
        hash="",
    )
    return replace(bare, hash=event_hash(bare))


def data_of(event: Event) -> dict[str, Any]:
    """The fields of an event's data as they are stored."""
    return dict(event.listed())


def renewed(reader: LedgerReader, username: str, **told: JsonValue) -> NewEvent:
    """An account described anew: as it is in the ledger, but for what is told."""
    known = reader.account(username)
    assert known is not None
    names = ("kind", "sphere", "name", "edrpou", "edebo_id", "katottg", "email")
    described = {name: getattr(known, name) for name in names}
    return event(EventKind.ACCOUNT_UPDATED, username, **{**described, "changes": [], **told})


def birth(
    username: str = SCHOOL, *, is_authority: bool = False, base_key_id: str | None = "bk-1", **told: JsonValue
) -> NewEvent:
    """The birth of an account with its first API key."""
    return event(
        EventKind.ACCOUNT_CREATED,
        username,
        institution_id=username[:10],
        generation=1,
        kind="authority" if is_authority else "school",
        is_authority=is_authority,
        client_id=f"api-{username}-k1",
        base_key_id=base_key_id,
        **told,
    )


def births(first: int, number: int) -> list[NewEvent]:
    """Births of `number` schools, numbered from `first`."""
    return [birth(f"46-{n:07d}") for n in range(first, first + number)]
