"""What the events of mandates mean. Pure. Their subject is the account, so they stand in its history.

Source: order cl. 5, 8.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Content, Event
from provisioning.model.events.mandates import MandateGranted, MandateWithdrawn
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateRecord, MandateState, OisState, Slug, mandate_id, parse_mandate_id
from provisioning.model.records import AccountState

EVENTS: Final[frozenset[type[Content]]] = frozenset({MandateGranted, MandateWithdrawn})


def touch(event: Recordable, names: Touched) -> None:
    """Name the mandate; when it is given also its account, its OIS and the mandate before it."""
    if not isinstance(event.content, MandateGranted | MandateWithdrawn):
        return
    names.mandates.add(event.content.mandate)
    parsed = parse_mandate_id(event.content.mandate)
    if isinstance(event.content, MandateGranted) and parsed is not None:
        username, slug, number = parsed
        names.accounts.add(username)
        names.ois.add(slug)
        if number > 1:
            names.mandates.add(mandate_id(username, slug, number - 1))


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded. Numbers follow on one another, so only the last mandate can be in
    force.
    """
    told = event.content
    if not isinstance(told, MandateGranted | MandateWithdrawn):
        return None
    name, parsed = told.mandate, parse_mandate_id(told.mandate)
    if parsed is None or parsed[0] != event.subject or parsed[1] != told.ois:
        return f"{name or '?'} is not a mandate of {event.subject}"
    if isinstance(told, MandateWithdrawn):
        return None if name in state.mandates else f"mandate {name} was never granted"
    if name in state.mandates:
        return f"mandate {name} exists already"
    return _objection_to_authority(state, parsed[0], told) or _objection_to_grant(state, *parsed)


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    match event.content:
        case MandateGranted() as given:
            _grant(state, event, given)
        case MandateWithdrawn(mandate=name):
            mandate = state.mandates.get(name)
            if mandate is not None and mandate.state is MandateState.GRANTED and mandate.username == event.subject:
                state.mandates[name] = replace(
                    mandate,
                    state=MandateState.WITHDRAWN,
                    withdrawn_at=event.at,
                    withdrawal_reason=event.reason,
                    changed_seq=event.seq,
                )


def _objection_to_authority(state: Projection, username: Username, given: MandateGranted) -> str | None:
    """Nobody gives a mandate for an account that has not agreed to it. Source: order cl. 5."""
    account = state.accounts.get(username)
    if not given.authority or (account is not None and account.authority_grants):
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


def _grant(state: Projection, event: Event, given: MandateGranted) -> None:
    parsed = parse_mandate_id(given.mandate)
    if parsed is None or parsed[0] != event.subject:
        return
    state.mandates.setdefault(
        given.mandate,
        MandateRecord(
            id=given.mandate,
            username=parsed[0],
            ois=parsed[1],
            rights=given.rights,
            contract_number=given.contract_number,
            contract_date=given.contract_date,
            state=MandateState.GRANTED,
            granted_at=event.at,
            until=given.until,
            authority=given.authority or None,
            changed_seq=event.seq,
        ),
    )
