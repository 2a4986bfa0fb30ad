"""What the events of OIS mean. Pure. Their subject is the client id, `ois-<slug>`. Source: order cl. 5, 6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Content, Event, EventKind
from provisioning.model.events.catalogue import CATALOGUE
from provisioning.model.events.ois import (
    OisApplied,
    OisChanged,
    OisConnected,
    OisKeyChanged,
    OisRejected,
    OisResumed,
    OisSuspended,
    OisTerminated,
)
from provisioning.model.events.papers import (
    OisAgreementAccepted,
    OisAgreementReturned,
    OisAgreementSubmitted,
    OisConcluded,
    OisConclusionRevoked,
)
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState, Slug, parse_ois_client_id
from provisioning.model.ois_states import OIS_LIFE, OisRefusal, next_ois_state

EVENTS: Final[frozenset[type[Content]]] = frozenset(
    kind for kind in CATALOGUE.types if kind.KIND in {EventKind.OIS_APPLIED, *OIS_LIFE}
)

_WHENEVER: Final = date.min
"""The rule on a conclusion's last day is for whoever decides today; what was recorded stands on any later day."""


def touch(event: Recordable, names: Touched) -> None:
    """Name the OIS."""
    names.ois.add(parse_ois_client_id(event.subject) or "")


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded: the table of states, and one application per slug."""
    slug = parse_ois_client_id(event.subject)
    if slug is None:
        return f"{event.subject} is not the client id of an OIS"
    record = state.ois.get(slug)
    if isinstance(event.content, OisApplied):
        return None if record is None else f"OIS {slug} has applied already; its name stays taken"
    if record is None:
        return f"OIS {slug} has never applied"
    outcome = next_ois_state(record, EventKind(event.kind), _WHENEVER)
    return f"OIS {slug}: {outcome.value}" if isinstance(outcome, OisRefusal) else None


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    slug = parse_ois_client_id(event.subject)
    if slug is None:
        return
    record = state.ois.get(slug)
    if isinstance(event.content, OisApplied):
        state.ois.setdefault(slug, _applied(slug, event, event.content))
    elif record is not None:
        outcome = next_ois_state(record, EventKind(event.kind), _WHENEVER)
        if not isinstance(outcome, OisRefusal):
            state.ois[slug] = replace(_next_ois(record, event), state=outcome, changed_seq=event.seq)


def _applied(slug: Slug, event: Event, told: OisApplied) -> OisRecord:
    return OisRecord(
        slug=slug,
        name=told.name,
        operator=told.operator,
        edrpou=told.edrpou,
        site=told.site,
        state=OisState.APPLIED,
        rights=(),
        applied_at=event.at,
        purposes=told.purposes,
        requested_rights=told.rights,
        email=told.email,
        jwks=None if told.jwks is None else told.jwks.text,
        redirect_uris=told.redirect_uris,
        networks=told.networks,
        data_location=told.data_location,
        changed_seq=event.seq,
    )


def _next_ois(record: OisRecord, event: Event) -> OisRecord:
    """What an event changes beside the state."""
    match event.content:
        case OisConnected(rights=rights):
            return replace(record, rights=rights, connected_at=event.at)
        case OisSuspended():
            return replace(record, suspended_at=event.at, suspension_reason=event.reason)
        case OisResumed():
            return replace(record, suspended_at=None, suspension_reason=None)
        case OisTerminated() | OisRejected():
            return replace(record, ended_at=event.at)
        case _:
            return _with_papers(record, event.content)


def _changed(record: OisRecord, told: OisChanged) -> OisRecord:
    """What a change does not name stays as it was."""
    return replace(
        record,
        name=record.name if told.name is None else told.name,
        operator=record.operator if told.operator is None else told.operator,
        edrpou=record.edrpou if told.edrpou is None else told.edrpou,
        site=record.site if told.site is None else told.site,
        email=record.email if told.email is None else told.email,
        data_location=record.data_location if told.data_location is None else told.data_location,
        purposes=record.purposes if told.purposes is None else told.purposes,
        requested_rights=record.requested_rights if told.rights is None else told.rights,
        rights=record.rights if told.granted is None else told.granted,
        redirect_uris=record.redirect_uris if told.redirect_uris is None else told.redirect_uris,
        networks=record.networks if told.networks is None else told.networks,
        proof_required=record.proof_required if told.proof_required is None else told.proof_required,
    )


def _with_papers(record: OisRecord, content: object) -> OisRecord:
    match content:
        case OisChanged() as told:
            return _changed(record, told)
        case OisKeyChanged(jwks=jwks):
            return replace(record, jwks=None if jwks is None else jwks.text)
        case OisConcluded() as told:
            return _concluded(record, told)
        case OisConclusionRevoked():
            return replace(record, conclusion_outcome=None)
        case _:
            return _with_agreement(record, content)


def _with_agreement(record: OisRecord, content: object) -> OisRecord:
    match content:
        case OisAgreementSubmitted(version=version):
            return replace(record, agreement_submitted=version or None)
        case OisAgreementAccepted(version=version):
            return replace(record, agreement_version=version or record.agreement_submitted, agreement_submitted=None)
        case OisAgreementReturned():
            return replace(record, agreement_submitted=None)
        case _:
            return record


def _concluded(record: OisRecord, told: OisConcluded) -> OisRecord:
    """The last conclusion counts, but remarks leave a positive one in force until its last day."""
    positive = record.conclusion_outcome is ConclusionOutcome.POSITIVE
    if told.outcome is ConclusionOutcome.REMARKS and positive:
        return record
    return replace(
        record,
        conclusion_number=told.number or None,
        conclusion_outcome=told.outcome,
        conclusion_until=told.until,
    )
