"""Records rights and staff as in force from now on: gate and desk go by that at once (order cl. 3, 12)."""

from __future__ import annotations

from provisioning.ledger.queries.rights import RIGHTS
from provisioning.ledger.queries.staff import STAFF
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import NewEvent
from provisioning.model.events.realm import RightsChanged, StaffChanged
from provisioning.planning.rights import RightsDiff


def record_rights(workshop: Workshop, diff: RightsDiff) -> int:
    """Write rights and staff down as in force from now on; return for how many kinds, institutions and people.

    Recorded before Keycloak is changed, so that a right that is taken away ends first. Repeating it with a new plan
    changes nothing.
    """
    if diff.is_empty:
        return 0
    events, concerned = [], {change.path[0] for change in diff.changes}
    if concerned - {STAFF}:
        events.append(NewEvent(RightsChanged.of(diff.wanted), RIGHTS, workshop.actor.name))
    if STAFF in concerned:
        events.append(NewEvent(StaffChanged.of(diff.staff), STAFF, workshop.actor.name))
    with workshop.actor.transaction() as transaction:
        transaction.append(events)
    return len(diff.changes)
