"""Events of alarms: what was found that must not be, and what waits for a person. Source: order cl. 3, 5, 6, 11, 12."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.model.events.actors import BY_PROVISIONING, SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Content):
    """Something is wrong, in words; `content` and `guards` where a guard refuses the configuration with that digest."""

    KIND = EventKind.ALARM_RAISED
    CLAUSES = ("cl. 6", "cl. 3", "cl. 5", "cl. 11", "cl. 12")
    # Whoever a decision is carried out for may be the one for whom Keycloak refuses it; an alarm opens nothing.
    ACTORS = BY_PROVISIONING | SYSTEM_USERS | {ActorKind.PUBLIC, ActorKind.APPLICANT, ActorKind.OPERATOR}

    what: str
    content: WhereGiven[str] = None
    guards: WhereGiven[tuple[str, ...]] = None
