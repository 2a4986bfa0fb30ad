"""The duty `closing`: what gives or widens access in Keycloak and was made there by hand is closed within a minute.

It looks at the realm's objects and at what Keycloak's admin events speak of; what was changed past Keycloak's API it
finds when it reads everything, as often as the duty `drift`. It goes by the configuration that was applied last: what
another apply has brought meanwhile is left alone. Source: decision 31, order cl. 5, 8, 11.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from provisioning.keycloak.accounts.asking import ask_accounts
from provisioning.keycloak.change_marks import Touched, read_change_marks, touched_since
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger.errors import LeaseHeld
from provisioning.ledger.leases.lease import find_lease, hold_lease
from provisioning.lifecycle.applying.closing import Closed, close_widened
from provisioning.lifecycle.applying.foreign import foreign_clients, take_from_foreign
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.comparison.convergence import converge_ois
from provisioning.lifecycle.comparison.secrets import mend_secrets, subjects
from provisioning.lifecycle.failing import named
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX
from provisioning.planning.desired import compared_roles
from provisioning.planning.widening import is_wider
from provisioning.watch.duty import NOTHING, DutyResult
from provisioning.watch.leadership import APPLY, HOLDER, Leadership, StoppableProgress, holder_name

_NOTHING: Final = Touched(frozenset(), unclear=False)
_ANOTHER: Final = (
    "Keycloak gives more than the configuration that this process applied last, and another apply ran since; bring its"
    " folder up to date, or run `provision apply` with it"
)


class Closing:
    """What was looked at: up to which admin event, and when everything."""

    def __init__(self, leadership: Leadership, connection: KeycloakConnection) -> None:
        self._leadership = leadership
        self._connection = connection
        self._latest: int | None = None
        self._full_at = 0.0

    def look(self) -> DutyResult:
        """Close what was widened; before the first apply of this process nothing is."""
        configuration = self._leadership.applied
        if configuration is None:
            return NOTHING
        marks = read_change_marks(self._connection)
        touched = self._touched(marks.latest)
        full = touched.unclear or self._latest is None or time.monotonic() >= self._full_at
        found = self._survey(configuration, touched, full=full)
        workshop = self._leadership.workshop(self._connection, configuration)
        # First of all: settings of the realm that were changed by hand may keep provisioning from the rest.
        closed, waits = self._close(configuration, touched, found)
        ois = converge_ois(workshop.actor, found.reading)
        foreign = self._take_from_foreign(workshop, touched, found)
        secrets = mend_secrets(workshop.actor, found.actual)
        self._latest = marks.latest if waits is None else self._latest
        if full and waits is None:
            every = self._leadership.policy.drift
            self._full_at = time.monotonic() + (every.total_seconds() if every else float("inf"))
        things = [*closed.things, *foreign.things, *subjects(ois), *subjects(secrets)]
        refused = [*closed.refused, *foreign.refused]
        attention = f"Keycloak refuses to have closed: {named(refused)}" if refused else waits
        return DutyResult({"closed": [*things]} if things else {}, attention)

    def _close(self, configuration: Configuration, touched: Touched, found: Survey) -> tuple[Closed, str | None]:
        """Close what is wider than the configuration, and say what that waits for, if it does.

        The lease of an apply is held only for closing, and the plan is made again under it: nothing that another apply
        does meanwhile is taken for a change by hand.
        """
        leadership = self._leadership
        with leadership.ledger.reader() as reader:
            lease = find_lease(reader, APPLY)
        if not is_wider(found.plan):
            if lease is not None and lease.is_free:
                leadership.apply_token = lease.token
            return Closed(), None
        if lease is not None and lease.token != leadership.apply_token:
            return Closed(), _ANOTHER
        try:
            with hold_lease(leadership.ledger, name=APPLY, holder=HOLDER + holder_name()) as held:
                again = self._survey(configuration, touched, full=False)
                leadership.apply_token = held.token
                return close_widened(leadership.workshop(self._connection, configuration, held.fence), again), None
        except LeaseHeld:
            return Closed(), _ANOTHER

    def _take_from_foreign(self, workshop: Workshop, touched: Touched, found: Survey) -> Closed:
        """Look at users and clients that events speak of, and at all of them when everything was read."""
        clients = {name for group in found.names if group.type == "client" for name in group.names}
        services = {name for name in touched.others if name.startswith(SERVICE_ACCOUNT_PREFIX)}
        clients |= {name.removeprefix(SERVICE_ACCOUNT_PREFIX) for name in services}
        users = found.holders | touched.others
        return take_from_foreign(workshop, found.reading, users, foreign_clients(workshop, clients))

    def _touched(self, latest: int) -> Touched:
        if self._latest is None or self._latest == latest:
            return _NOTHING
        return touched_since(self._connection, self._latest)

    def _survey(self, configuration: Configuration, touched: Touched, *, full: bool) -> Survey:
        """A plan, with all accounts that were touched, also those that another plan has found to be right since."""
        leadership, compared = self._leadership, compared_roles(configuration)
        found = survey(
            configuration,
            leadership.settings,
            self._connection,
            leadership.ledger,
            leave_endings=True,
            progress=StoppableProgress(leadership.stop),
            full=full,
        )
        rest = touched.usernames - found.actual.keys()
        return replace(found, actual={**found.actual, **ask_accounts(self._connection, rest, *compared)})
