"""The closed list of event kinds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """Everything that is ever recorded. Names say `object:what happened`."""

    LEDGER_OPENED = "ledger:opened"
    ACCOUNT_CREATED = "account:created"
    ACCOUNT_UPDATED = "account:updated"
    ACCOUNT_ACTIVATED = "account:activated"
    ACCOUNT_DEACTIVATED = "account:deactivated"
    ACCOUNT_REINSTATED = "account:reinstated"
    ACCOUNT_UNLOCKED = "account:unlocked"
    ACCOUNT_DIRECT_USE_CHANGED = "account:direct-use-changed"
    ACCOUNT_AUTHORITY_GRANTS_CHANGED = "account:authority-grants-changed"
    BASE_KEY_ISSUED = "base-key:issued"
    BASE_KEY_SENT = "base-key:sent"
    BASE_KEY_FAILED = "base-key:failed"
    BASE_KEY_WITHDRAWN = "base-key:withdrawn"
    API_KEY_CREATED = "api-key:created"
    API_KEY_REVEALED = "api-key:revealed"
    API_KEY_REVEAL_VOIDED = "api-key:reveal-voided"
    API_KEY_ENDING = "api-key:ending"
    API_KEY_CUT_OFF = "api-key:cut-off"
    API_KEY_RETIRED = "api-key:retired"
    CUT_OFF_REQUESTED = "cut-off:requested"
    CUT_OFF_DECIDED = "cut-off:decided"
    OIS_APPLIED = "ois:applied"
    OIS_CHANGED = "ois:changed"
    OIS_AGREEMENT_SUBMITTED = "ois:agreement-submitted"
    OIS_AGREEMENT_ACCEPTED = "ois:agreement-accepted"
    OIS_AGREEMENT_RETURNED = "ois:agreement-returned"
    OIS_EVIDENCE_RECORDED = "ois:evidence-recorded"
    OIS_CONCLUDED = "ois:concluded"
    OIS_CONCLUSION_REVOKED = "ois:conclusion-revoked"
    OIS_CONNECTED = "ois:connected"
    OIS_SUSPENDED = "ois:suspended"
    OIS_RESUMED = "ois:resumed"
    OIS_TERMINATED = "ois:terminated"
    OIS_REJECTED = "ois:rejected"
    OIS_KEY_CHANGED = "ois:key-changed"
    OIS_OPERATOR_INVITED = "ois:operator-invited"
    MANDATE_GRANTED = "mandate:granted"
    MANDATE_WITHDRAWN = "mandate:withdrawn"
    REQUEST_FILED = "request:filed"
    REQUEST_ANSWERED = "request:answered"
    REALM_CHANGED = "realm:changed"
    PROTOCOL_CHANGED = "protocol:changed"
    RIGHTS_CHANGED = "rights:changed"
    STAFF_CHANGED = "staff:changed"
    ADMINISTRATORS_CHANGED = "staff:administrators-changed"
    DECISION_RECORDED = "decision:recorded"
    DECISION_PROPOSED = "decision:proposed"
    DECISION_REFUSED = "decision:refused"
    DECISION_EXPIRED = "decision:expired"
    ALARM_RAISED = "alarm:raised"


_KINDS: Final[Mapping[str, EventKind]] = {str(kind): kind for kind in EventKind}


def kind_named(text: str) -> EventKind | str:
    """Return the kind with this name; the text itself where this program knows none."""
    return _KINDS.get(text, text)
