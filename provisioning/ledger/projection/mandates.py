"""What the events of mandates mean. Pure. Their subject is the account, so they stand in its history.

`mandate:granted` holds `mandate` (its id), `ois` (the slug), `rights`, `contract_number`, `contract_date`, `until` and,
where an authority gave it for the account, `authority`;
`mandate:withdrawn` holds `mandate` and `ois`, and its reason is for people. Source: order cl. 5, 8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.ledger.projection.event_data import day, optional_text, text, texts
from provisioning.ledger.projection.state import Projection, Touched
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateRecord, MandateState, OisState, Slug, mandate_id, parse_mandate_id
from provisioning.model.records import AccountState

EVENTS: Final = frozenset({EventKind.MANDATE_GRANTED, EventKind.MANDATE_WITHDRAWN})


def touch(event: NewEvent, names: Touched) -> None:
    """The mandate; when it is given also its account, its OIS and the mandate before it."""
    names.mandates.add(text(event, "mandate"))
    parsed = parse_mandate_id(text(event, "mandate"))
    if event.kind is EventKind.MANDATE_GRANTED and parsed is not None:
        username, slug, number = parsed
        names.accounts.add(username)
        names.ois.add(slug)
        if number > 1:
            names.mandates.add(mandate_id(username, slug, number - 1))


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded. Numbers follow on one another, so only the last mandate can stand."""
    name = text(event, "mandate")
    parsed = parse_mandate_id(name)
    if parsed is None or parsed[0] != event.subject or parsed[1] != text(event, "ois"):
        return f"{name or '?'} is not a mandate of {event.subject}"
    if event.kind is EventKind.MANDATE_WITHDRAWN:
        return None if name in state.mandates else f"mandate {name} was never granted"
    if name in state.mandates:
        return f"mandate {name} exists already"
    if day(event, "contract_date") is None:
        return f"mandate {name} rests on no dated contract (order cl. 5)"
    return _objection_to_authority(state, parsed[0], event) or _objection_to_grant(state, *parsed)


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    name = text(event, "mandate")
    if event.kind is EventKind.MANDATE_GRANTED:
        _grant(state, name, event)
        return
    mandate = state.mandates.get(name)
    if mandate is not None and mandate.state is MandateState.GRANTED:
        state.mandates[name] = replace(
            mandate,
            state=MandateState.WITHDRAWN,
            withdrawn_at=event.at,
            withdrawal_reason=event.reason,
            changed_seq=event.seq,
        )


def _objection_to_authority(state: Projection, username: Username, event: NewEvent) -> str | None:
    """Nobody gives a mandate for an account that has not agreed to it. Source: order cl. 5."""
    account = state.accounts.get(username)
    if optional_text(event, "authority") is None or (account is not None and account.authority_grants):
        return None
    return f"account {username} has not agreed that an authority gives mandates for it"


def _objection_to_grant(state: Projection, username: Username, slug: Slug, number: int) -> str | None:
    account = state.accounts.get(username)
    if account is None:
        return f"account {username} was never created"
    if account.state is AccountState.DEACTIVATED:
        return f"account {username} is deactivated and gives no mandates"
    ois = state.ois.get(slug)
    if ois is None or ois.state is not OisState.CONNECTED:
        return f"OIS {slug} is not connected, so nobody may give it a mandate (order cl. 5)"
    if number == 1:
        return None
    before = state.mandates.get(mandate_id(username, slug, number - 1))
    if before is None:
        return f"mandate {number} of {username} for {slug} follows on none"
    return f"mandate {before.id} still stands" if before.state is MandateState.GRANTED else None


def _grant(state: Projection, name: str, event: Event) -> None:
    parsed, signed = parse_mandate_id(name), day(event, "contract_date")
    if parsed is None or signed is None:
        return
    state.mandates.setdefault(
        name,
        MandateRecord(
            id=name,
            username=parsed[0],
            ois=parsed[1],
            rights=texts(event, "rights"),
            contract_number=text(event, "contract_number"),
            contract_date=signed,
            state=MandateState.GRANTED,
            granted_at=event.at,
            until=day(event, "until"),
            authority=optional_text(event, "authority"),
            changed_seq=event.seq,
        ),
    )
