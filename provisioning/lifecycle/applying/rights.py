"""Records which rights are in force from when on: the gate goes by that at once (order cl. 3)."""

from __future__ import annotations

from provisioning.ledger.queries.rights import RIGHTS
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import NewEvent
from provisioning.model.events.realm import RightsChanged
from provisioning.planning.rights import RightsDiff


def record_rights(workshop: Workshop, diff: RightsDiff) -> int:
    """Write the rights down as in force from now on; return how many kinds and institutions they change for.

    Recorded before Keycloak is changed, so that a right that is taken away ends first. Repeating it with a new plan
    changes nothing.
    """
    if diff.is_empty:
        return 0
    with workshop.actor.transaction() as transaction:
        transaction.append([NewEvent(RightsChanged.of(diff.wanted), RIGHTS, workshop.actor.name)])
    return len(diff.changes)
