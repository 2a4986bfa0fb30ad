"""The life of an OIS as one table: which event may happen in which state, and where it leads. Pure.

    state        changed,     agreement …,  connected      suspended  resumed        terminated  rejected
                 key changed, evidence,
                 invited      conclusion …
    applied      applied      applied       connected (*)  -          -              -           rejected
    connected    connected    connected     -              suspended  -              terminated  -
    suspended    suspended    suspended     -              -          connected (*)  terminated  -
    rejected     -            -             -              -          -              -           -
    terminated   -            -             -              -          -              -           -

    (*) only with both documents: an accepted agreement and a positive conclusion that has not run out. Order cl. 6.

A rejected or terminated OIS applies anew under another slug: the names in Keycloak stay taken. The table is
asked before anything is recorded; what recorded events add up to is `ledger.projection`, and a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from provisioning.model.events import EventKind
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState


class OisRefusal(StrEnum):
    """Why an event may not happen to an OIS, with the way out in `OIS_REMEDIES`."""

    NO_AGREEMENT = "its accession agreement is not accepted; no OIS is connected without it (order cl. 6)"
    NO_CONCLUSION = "it has no positive conclusion; no OIS is connected without it (order cl. 6)"
    CONCLUSION_EXPIRED = "its conclusion has run out; no OIS is connected without one in force (order cl. 6)"
    NOT_CONNECTED = "it is not connected"
    CONNECTED_ALREADY = "it is connected already"
    SUSPENDED_ALREADY = "it is suspended already"
    NOT_SUSPENDED = "it is not suspended"
    DECIDED_ALREADY = "its application was decided on already"
    OVER = "it was rejected or its connection was terminated, which is final"


OIS_REMEDIES: Final[Mapping[OisRefusal, str]] = {
    OisRefusal.NO_AGREEMENT: "accept the signed agreement first; `provision ois show SLUG` says how far it is",
    OisRefusal.NO_CONCLUSION: "record a positive conclusion first: `provision ois conclude`",
    OisRefusal.CONCLUSION_EXPIRED: "check it again and record a new conclusion: `provision ois conclude`",
    OisRefusal.NOT_CONNECTED: "see `provision ois show SLUG`",
    OisRefusal.CONNECTED_ALREADY: "there is nothing to do; see `provision ois show SLUG`",
    OisRefusal.SUSPENDED_ALREADY: "the first decision stands; `provision ois resume SLUG` opens it again",
    OisRefusal.NOT_SUSPENDED: "there is nothing to resume; see `provision ois show SLUG`",
    OisRefusal.DECIDED_ALREADY: "a connected OIS is ended at the desk, by two administrators",
    OisRefusal.OVER: "its operator applies anew, under another slug",
}


class _OnDocuments:
    """Connected, when both documents are in force."""


_APPLIED: Final = OisState.APPLIED
_CONNECTED: Final = OisState.CONNECTED
_SUSPENDED: Final = OisState.SUSPENDED
_REJECTED: Final = OisState.REJECTED
_TERMINATED: Final = OisState.TERMINATED
_ON_DOCUMENTS: Final = _OnDocuments()

_Outcome = OisState | OisRefusal | _OnDocuments

OIS_PAPERS: Final = (
    EventKind.OIS_CHANGED,
    EventKind.OIS_KEY_CHANGED,
    EventKind.OIS_AGREEMENT_SUBMITTED,
    EventKind.OIS_AGREEMENT_ACCEPTED,
    EventKind.OIS_AGREEMENT_RETURNED,
    EventKind.OIS_EVIDENCE_RECORDED,
    EventKind.OIS_CONCLUDED,
    EventKind.OIS_CONCLUSION_REVOKED,
    EventKind.OIS_OPERATOR_INVITED,
)
"""Events that change what is known of an OIS and leave its state as it is."""

OIS_LIFE: Final = (
    *OIS_PAPERS,
    EventKind.OIS_CONNECTED,
    EventKind.OIS_SUSPENDED,
    EventKind.OIS_RESUMED,
    EventKind.OIS_TERMINATED,
    EventKind.OIS_REJECTED,
)
"""Events that the table decides on."""


def _row(
    stays: OisState, connected: _Outcome, suspended: _Outcome, resumed: _Outcome, ended: tuple[_Outcome, _Outcome]
) -> Mapping[EventKind, _Outcome]:
    """A state that is not final. `ended`: what termination and rejection lead to."""
    return {
        **dict.fromkeys(OIS_PAPERS, stays),
        EventKind.OIS_CONNECTED: connected,
        EventKind.OIS_SUSPENDED: suspended,
        EventKind.OIS_RESUMED: resumed,
        EventKind.OIS_TERMINATED: ended[0],
        EventKind.OIS_REJECTED: ended[1],
    }


_NOT_CONNECTED: Final = OisRefusal.NOT_CONNECTED
_FINAL: Final[Mapping[EventKind, _Outcome]] = dict.fromkeys(OIS_LIFE, OisRefusal.OVER)

_TABLE: Final[Mapping[OisState, Mapping[EventKind, _Outcome]]] = {
    _APPLIED: _row(_APPLIED, _ON_DOCUMENTS, _NOT_CONNECTED, OisRefusal.NOT_SUSPENDED, (_NOT_CONNECTED, _REJECTED)),
    _CONNECTED: _row(
        _CONNECTED,
        OisRefusal.CONNECTED_ALREADY,
        _SUSPENDED,
        OisRefusal.NOT_SUSPENDED,
        (_TERMINATED, OisRefusal.DECIDED_ALREADY),
    ),
    _SUSPENDED: _row(
        _SUSPENDED,
        OisRefusal.SUSPENDED_ALREADY,
        OisRefusal.SUSPENDED_ALREADY,
        _ON_DOCUMENTS,
        (_TERMINATED, OisRefusal.DECIDED_ALREADY),
    ),
    _REJECTED: _FINAL,
    _TERMINATED: _FINAL,
}


def next_ois_state(ois: OisRecord, event: EventKind, today: date) -> OisState | OisRefusal:
    """Return the state after `event` on a day, or why it may not happen. Raises KeyError for an event outside
    `OIS_LIFE`.

    Source: order cl. 6.
    """
    outcome = _TABLE[ois.state][event]
    return _on_documents(ois, today) if isinstance(outcome, _OnDocuments) else outcome


def _on_documents(ois: OisRecord, today: date) -> OisState | OisRefusal:
    if ois.agreement_version is None:
        return OisRefusal.NO_AGREEMENT
    if ois.conclusion_outcome is not ConclusionOutcome.POSITIVE or ois.conclusion_until is None:
        return OisRefusal.NO_CONCLUSION
    return _CONNECTED if today <= ois.conclusion_until else OisRefusal.CONCLUSION_EXPIRED
