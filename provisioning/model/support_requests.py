"""Requests to the Administrator, as values: support, a base key mailed again, a report that an institution ends.

Source: order cl. 4, 9, 10. Cut-offs have events of their own (order cl. 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provisioning.model.identifiers import Username

TEXT_MAX = 2_000
"""Characters; a request is a question, not a file."""


class SupportRequestKind(StrEnum):
    """What is asked for."""

    SUPPORT = "support"
    DETAILS = "details"
    BASE_KEY = "base-key"
    ENDING = "ending"


class SupportRequestState(StrEnum):
    """Where a request is; DONE and REFUSED are final: who asks again files another."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """One request. `username` is the account it is about, which an authority's may differ from `filed_by`."""

    id: str
    kind: SupportRequestKind
    username: Username
    state: SupportRequestState
    filed_by: str
    filed_at: datetime
    text: str
    document: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    answer: str | None = None
