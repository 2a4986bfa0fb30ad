"""What the ledger says about the people of `sidecar_names`."""

from __future__ import annotations

from provisioning.ledger import Ledger, LedgerReader
from provisioning.model.events import EventKind, JsonValue, NewEvent
from tests.support.ledger_events import event_by, renewed
from tests.support.sidecar_names import (
    ADMINISTRATOR,
    AUDITOR,
    AUTHORITY,
    DEACTIVATED,
    SCHOOL,
    SCHOOL_NAME,
    SECOND_GENERATION,
)

ACTOR = "o.koval"
STAFF: tuple[JsonValue, ...] = tuple(
    {"username": name, "roles": [role]}
    for name, role in (
        (ADMINISTRATOR, "administrator"),
        ("a.savchuk", "administrator"),
        ("s.lysenko", "support"),
        (AUDITOR, "auditor"),
    )
)
"""The people of `sidecar_people` who have access."""

SPHERE = "/00-0000001/46-0000012"
"""Of the authority; the institutions are below it."""


def record_accounts(ledger: Ledger) -> None:
    """An active school whose key is revealed, a second generation, an authority, and a deactivated preschool."""
    with ledger.transaction() as transaction:
        transaction.append(
            [
                *_born(SCHOOL, "46-0001234", 1, "school"),
                *_activated(SCHOOL),
                _event(EventKind.API_KEY_REVEALED, f"api-{SCHOOL}-k1", fingerprint="k1:9f3a77c2"),
                *_born("46-0001235", "46-0001235", 1, "school"),
                deactivation("46-0001235"),
                *_born(SECOND_GENERATION, "46-0001235", 2, "school"),
                *_born(AUTHORITY, "46-0000012", 1, "authority"),
                *_activated(AUTHORITY),
                *_born(DEACTIVATED, "46-0009999", 1, "preschool"),
                deactivation(DEACTIVATED),
                _event(EventKind.STAFF_CHANGED, "staff", members=[*STAFF]),
            ]
        )


def record_staff(ledger: Ledger) -> None:
    """The people of `sidecar_people` are on record, as after an apply that knows them."""
    with ledger.transaction() as transaction:
        transaction.append([_event(EventKind.STAFF_CHANGED, "staff", members=[*STAFF])])


def deactivation(username: str) -> NewEvent:
    """The event that ends an account."""
    return _event(
        EventKind.ACCOUNT_DEACTIVATED, username, reason="cyber-incident", document="№ 12-о", date="2026-11-20"
    )


def _born(username: str, institution: str, generation: int, kind: str) -> tuple[NewEvent, ...]:
    created = _event(
        EventKind.ACCOUNT_CREATED,
        username,
        institution_id=institution,
        generation=generation,
        kind=kind,
        is_authority=kind == "authority",
        client_id=f"api-{username}-k1",
        base_key_id=_base_key(username),
        email=f"{institution}@school.example.ua",
        name=SCHOOL_NAME if kind != "authority" else "Відділ освіти",
        sphere=SPHERE if kind == "authority" else f"{SPHERE}/{institution}",
    )
    return (
        created,
        _event(EventKind.BASE_KEY_SENT, username, base_key_id=_base_key(username), email="school@example.ua"),
    )


def _activated(username: str) -> tuple[NewEvent, ...]:
    return (
        _event(
            EventKind.ACCOUNT_ACTIVATED,
            username,
            activated_at="2026-11-24T10:00:00.000000Z",
        ),
    )


def _base_key(username: str) -> str:
    return f"base-key-of-{username}"


def _event(event: EventKind, subject: str, /, **data: JsonValue) -> NewEvent:
    return event_by(ACTOR, event, subject, data)


def record_address(reader: LedgerReader, username: str, email: str) -> NewEvent:
    """The event that changes the e-mail on file."""
    return renewed(reader, username, email=email)
