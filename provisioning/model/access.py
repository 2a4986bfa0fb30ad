"""Who reached whose data, as counts. Source: order cl. 12. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provisioning.model.identifiers import InstitutionId


@dataclass(frozen=True, slots=True)
class AccessCount:
    """Requests to the data of `reached` in one hour, made with a key of `by` through one OIS, for one right.

    `hour` is the hour's beginning (UTC). `ois` is empty for direct use, `right` where no route said which was needed.
    `first_refusal` is the code of the first reason why one was refused in that hour.
    """

    hour: datetime
    reached: InstitutionId
    by: InstitutionId
    ois: str
    right: str
    allowed: int
    refused: int
    first_refusal: str | None
    last_at: datetime
