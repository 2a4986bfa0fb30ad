"""What the events of OIS mean. Pure. Their subject is the client id, `ois-<slug>`. Source: order cl. 5, 6.

Data of the events (dates `2026-11-20`, lists of texts, `jwks` an object of RFC 7517):

    ois:applied               name, operator, edrpou, site, email, purposes, rights, jwks, redirect_uris, networks,
                              data_location; `rights` are those it asks for
    ois:changed               any of these; `granted` are the rights it has from now on, when they change
    ois:agreement-submitted   version, document (SHA-256)      ois:agreement-accepted, -returned   version
    ois:evidence-recorded     requirement, outcome, …
    ois:concluded             number, outcome, until           ois:conclusion-revoked              number
    ois:connected             rights (granted)
    ois:key-changed           jwks; null when it authenticates by a secret from now on
    ois:operator-invited      base_key_id, reset
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from provisioning.ledger.projection.event_data import day, optional_text, text, texts
from provisioning.ledger.projection.state import Projection, Touched
from provisioning.model.events import Event, EventKind, NewEvent, canonical_json
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState, Slug, parse_ois_client_id
from provisioning.model.ois_states import OIS_LIFE, OIS_PAPERS, OisRefusal, next_ois_state

EVENTS: Final = frozenset({EventKind.OIS_APPLIED, *OIS_LIFE})

_WHENEVER: Final = date.min
"""The rule on a conclusion's last day is for whoever decides today; what was recorded stands on any later day."""


def touch(event: NewEvent, names: Touched) -> None:
    """The OIS."""
    names.ois.add(parse_ois_client_id(event.subject) or "")


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded: the table of states, and one application per slug."""
    slug = parse_ois_client_id(event.subject)
    if slug is None:
        return f"{event.subject} is not the client id of an OIS"
    record = state.ois.get(slug)
    if event.kind is EventKind.OIS_APPLIED:
        return None if record is None else f"OIS {slug} has applied already; its name stays taken"
    if record is None:
        return f"OIS {slug} has never applied"
    outcome = next_ois_state(record, event.kind, _WHENEVER)
    return f"OIS {slug}: {outcome.value}" if isinstance(outcome, OisRefusal) else None


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    slug = parse_ois_client_id(event.subject)
    if slug is None:
        return
    record = state.ois.get(slug)
    if event.kind is EventKind.OIS_APPLIED:
        state.ois.setdefault(slug, _applied(slug, event))
    elif record is not None:
        outcome = next_ois_state(record, event.kind, _WHENEVER)
        if not isinstance(outcome, OisRefusal):
            state.ois[slug] = replace(_next_ois(record, event), state=outcome, changed_seq=event.seq)


def _applied(slug: Slug, event: Event) -> OisRecord:
    return OisRecord(
        slug=slug,
        name=text(event, "name"),
        operator=text(event, "operator"),
        edrpou=text(event, "edrpou"),
        site=text(event, "site"),
        state=OisState.APPLIED,
        rights=(),
        applied_at=event.at,
        purposes=texts(event, "purposes"),
        requested_rights=texts(event, "rights"),
        email=text(event, "email"),
        jwks=_jwks(event),
        redirect_uris=texts(event, "redirect_uris"),
        networks=texts(event, "networks"),
        data_location=text(event, "data_location"),
        changed_seq=event.seq,
    )


def _next_ois(record: OisRecord, event: Event) -> OisRecord:
    """What an event changes beside the state."""
    return _with_papers(record, event) if event.kind in OIS_PAPERS else _stepped(record, event)


def _stepped(record: OisRecord, event: Event) -> OisRecord:
    match event.kind:
        case EventKind.OIS_CONNECTED:
            return replace(record, rights=texts(event, "rights"), connected_at=event.at)
        case EventKind.OIS_SUSPENDED:
            return replace(record, suspended_at=event.at, suspension_reason=event.reason)
        case EventKind.OIS_RESUMED:
            return replace(record, suspended_at=None, suspension_reason=None)
        case _:
            return replace(record, ended_at=event.at)


def _with_papers(record: OisRecord, event: Event) -> OisRecord:
    match event.kind:
        case EventKind.OIS_CHANGED:
            return _changed(record, event)
        case EventKind.OIS_KEY_CHANGED:
            return replace(record, jwks=_jwks(event))
        case EventKind.OIS_CONCLUDED:
            return _concluded(record, event)
        case EventKind.OIS_CONCLUSION_REVOKED:
            return replace(record, conclusion_outcome=None)
        case _:
            return _with_agreement(record, event)


def _changed(record: OisRecord, event: Event) -> OisRecord:
    """What a change does not name stays as it was."""
    plain = ("name", "operator", "edrpou", "site", "email", "data_location")
    values: dict[str, object] = {name: text(event, name) for name in plain if name in event.data}
    lists = {"purposes": "purposes", "rights": "requested_rights", "granted": "rights"}
    lists |= {"redirect_uris": "redirect_uris", "networks": "networks"}
    values |= {field: texts(event, name) for name, field in lists.items() if name in event.data}
    return replace(record, **values)  # type: ignore[arg-type]  # texts for texts, tuples for tuples


def _with_agreement(record: OisRecord, event: Event) -> OisRecord:
    version = optional_text(event, "version")
    match event.kind:
        case EventKind.OIS_AGREEMENT_SUBMITTED:
            return replace(record, agreement_submitted=version)
        case EventKind.OIS_AGREEMENT_ACCEPTED:
            return replace(record, agreement_version=version or record.agreement_submitted, agreement_submitted=None)
        case EventKind.OIS_AGREEMENT_RETURNED:
            return replace(record, agreement_submitted=None)
        case _:
            return record


def _concluded(record: OisRecord, event: Event) -> OisRecord:
    """The last conclusion counts, but remarks leave a positive one in force until its last day."""
    try:
        outcome = ConclusionOutcome(text(event, "outcome"))
    except ValueError:
        return record
    if outcome is ConclusionOutcome.REMARKS and record.conclusion_outcome is ConclusionOutcome.POSITIVE:
        return record
    number, until = optional_text(event, "number"), day(event, "until")
    return replace(record, conclusion_number=number, conclusion_outcome=outcome, conclusion_until=until)


def _jwks(event: NewEvent) -> str | None:
    value = event.data.get("jwks")
    return canonical_json(value).decode() if isinstance(value, Mapping) else None
