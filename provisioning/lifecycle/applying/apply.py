"""Carries a plan out, in an order that is safe to be cut off anywhere: what ends comes before what begins."""

from __future__ import annotations

from dataclasses import dataclass, fields

from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.accounts.activations import record_activations
from provisioning.lifecycle.administrators import record_administrators
from provisioning.lifecycle.applying.births import finish_births, open_accounts
from provisioning.lifecycle.applying.changes import adopt_accounts, change_realm, close_accounts, finish_invitations
from provisioning.lifecycle.applying.planning import Survey
from provisioning.lifecycle.applying.protocol import record_protocol
from provisioning.lifecycle.applying.rights import record_rights
from provisioning.lifecycle.applying.updates import UPDATE, finish_updates, update_accounts
from provisioning.lifecycle.comparison.secrets import mend_secrets
from provisioning.lifecycle.failing import Failure
from provisioning.lifecycle.tasks.attempting import Attempted
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.identifiers import Username, parse_key_client_id
from provisioning.planning.changes import AdoptAccount, CreateAccount, DeactivateAccount, UpdateAccount
from provisioning.planning.errors import PlanRefused
from provisioning.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Applied:
    """How much was done, in objects. `finished` counts what an earlier run had left, `refused` is what Keycloak
    refuses.
    """

    finished: int
    realm: int
    closed: int
    adopted: int
    updated: int
    created: int
    routes: int = 0
    """Routes of the exchange protocol that were recorded, when any of them or the version changed."""

    rights: int = 0
    """Kinds and institutions whose rights were recorded, and people of the staff."""

    left: int = 0
    """Accounts that were changed by somebody else since the plan was made, and therefore left alone."""

    refused: tuple[Failure, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How much of each, `refused` too; what is none is left out."""
        every = {one.name: getattr(self, one.name) for one in fields(self)} | {"refused": len(self.refused)}
        return {name: count for name, count in every.items() if count}


def refuse_unsafe(plan: Plan) -> None:
    """Raise PlanRefused when a guard stops the plan: nothing is done then, not even a part.

    An account that is refused by itself (`Refusal`) does not hold up the others; it is left alone and reported.
    """
    if plan.stops:
        lines = [f"{stop.message}\n    {stop.remedy}" for stop in plan.stops]
        raise PlanRefused("nothing was changed, because:\n  " + "\n  ".join(lines))


def apply(workshop: Workshop, survey: Survey) -> Applied:
    """Carry out the plan of a survey. Repeating it after a crash, with a new survey, finishes what is left.

    An object that Keycloak refuses is named in the result; the others are brought all the same.
    Raises PlanRefused before anything is changed, KeycloakError or LedgerError in the middle.
    """
    plan = survey.plan
    refuse_unsafe(plan)
    with workshop.actor.ledger.reader() as reader:
        changes = reader.readable(plan.accounts.changes, lambda change: change.desired.image.username)
    endings = [change for change in changes if isinstance(change, DeactivateAccount)]
    adoptions = [change for change in changes if isinstance(change, AdoptAccount)]
    updates = [change for change in changes if isinstance(change, UpdateAccount)]
    creations = [change for change in changes if isinstance(change, CreateAccount)]
    earlier = _finish_earlier(workshop, survey)
    record_activations(workshop.actor, survey.actual)
    with workshop.actor.ledger.reader() as reader:
        known = [creation.desired for creation in creations if creation.known]
        changed = [update.desired for update in updates]
        records = accounts_named(reader, [wanted.image.username for wanted in known + changed])
    adopted = adopt_accounts(workshop, adoptions)
    rights = record_rights(workshop, plan.rights)
    closed, unclosed = close_accounts(workshop, endings)
    routes = record_protocol(workshop, plan.protocol)
    record_administrators(workshop.actor, survey.admission)
    realm, unchanged = change_realm(workshop, plan.objects)
    finish_invitations(workshop, {member.username for member in survey.context.configuration.staff}, unchanged)
    lost = {u.desired.image.username: survey.actual[u.desired.image.username] for u in updates if _lacks_a_key(u)}
    mended = mend_secrets(workshop.actor, lost)
    # Of an account whose lost key was replaced, the rest is for the next plan, which sees the new key.
    replaced = {parsed[0] for finding in mended if (parsed := parse_key_client_id(finding.subject)) is not None}
    updates = [update for update in updates if update.desired.image.username not in replaced]
    updated, not_updated = update_accounts(workshop, updates, records)
    created, not_created = open_accounts(workshop, creations, records)
    left = len(updates) - updated - len(not_updated)
    finished = earlier.done + len(mended)
    refused = (*earlier.failures, *unclosed, *unchanged, *not_updated, *not_created)
    return Applied(finished, realm, closed, adopted, updated, created, routes, rights, left, refused)


def _lacks_a_key(update: UpdateAccount) -> bool:
    """Whether the client of one of the account's keys does not exist."""
    return any(change.path[-1] == "client" and change.before is None for change in update.changes)


def _finish_earlier(workshop: Workshop, survey: Survey) -> Attempted:
    """Work that was recorded and carried out, but not marked done: what is undone shows up in the plan again."""
    born = finish_births(workshop, survey.unfinished, survey.actual)
    planned = {change.desired.image.username for change in survey.plan.accounts.changes}
    left = [t for t in survey.unfinished if t.action == UPDATE and Username(t.subject) not in planned]
    finish_updates(workshop, left)
    resumed = resume(workshop.actor, leave=planned, again=True)
    return Attempted(born + len(left) + resumed.done, resumed.failures)
