"""Makes a plan: lets the pure planner compare the configuration with Keycloak and the ledger.

A quick plan asks Keycloak only about accounts that may differ: those of which something else is wanted than when they
were last seen to be right, those with unfinished work, and those that Keycloak's admin events speak of. A full one
reads all accounts; so does a quick one when the marks say that it cannot know. Source: decision 13.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from provisioning.keycloak.accounts.asking import ask_accounts
from provisioning.keycloak.accounts.reading import read_everything
from provisioning.keycloak.change_marks import MOST_TOUCHED, ChangeMarks, read_change_marks, touched_since
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.catalogue import desired_objects, read_objects
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.ledger import Ledger
from provisioning.lifecycle.applying.comparing import find_altered
from provisioning.lifecycle.applying.former_staff import FormerStaff, former_staff
from provisioning.lifecycle.applying.known import Known, read_known
from provisioning.lifecycle.journal import note_survey
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import Username
from provisioning.model.records import Task
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.administrators import NOBODY, Admission, admit, without_users_that_wait
from provisioning.planning.changes import AccountDiff, AccountImage, DesiredAccount, Verdict
from provisioning.planning.desired import compared_roles, desired_accounts
from provisioning.planning.foreign import Names
from provisioning.planning.guards import Counted, Guard, check_guards, count_guarded
from provisioning.planning.leaving import without_endings
from provisioning.planning.moves import moves_of
from provisioning.planning.objects import ObjectChange, diff_objects
from provisioning.planning.plan import Plan
from provisioning.planning.protocol import diff_protocol
from provisioning.planning.rights import diff_rights
from provisioning.planning.settled import account_of, digest_of, unsettled
from provisioning.settings import Settings

LEFT: Final = "the configuration ends accounts; a person must apply that"
"""What an alarm says when the watch left deactivations to a person."""

GUARDED: Final = "a guard refuses the change; a person must look"
"""What an alarm says that a change of the configuration raised."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A plan with what it was made from.

    `actual` holds the accounts that Keycloak was asked about; `names` those of all its users and clients, when it was
    asked about everything.
    """

    plan: Plan
    context: RealmContext
    reading: RealmReading
    actual: Mapping[Username, AccountImage]
    verdicts: Mapping[Username, Verdict]
    unfinished: tuple[Task, ...]
    names: tuple[Names, ...] = ()
    former_staff: frozenset[str] = frozenset()
    """People who are staff no more and whose users are ours."""

    holders: frozenset[str] = frozenset()
    """Users that are no account's and hold roles, when Keycloak was asked about everything."""

    admission: Admission = NOBODY
    """Who is an administrator once this is applied, and who waits."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What Keycloak was asked: the accounts compared, those left out as settled, what it answered, how many it has."""

    compared: list[DesiredAccount]
    settled: Collection[Username]
    actual: Mapping[Username, AccountImage]
    existing: int
    names: tuple[Names, ...] = ()
    in_full: bool = False
    holders: frozenset[str] = frozenset()


def survey(
    configuration: Configuration,
    settings: Settings,
    connection: KeycloakConnection,
    ledger: Ledger,
    *,
    allowed: Mapping[Guard, int] | None = None,
    leave_endings: bool = False,
    progress: Progress | None = None,
    full: bool = False,
) -> Survey:
    """Read what is needed and plan. Changes nothing but the journal. Raises KeycloakError or LedgerError.

    `leave_endings` leaves every deactivation that is not on record yet to a person, and plans the rest.
    """
    report = progress or Silent()
    connection.check_version()
    report.stage("reading the ledger")
    # 1. The ledger and its clock first: what is noted below counts as of then, so an apply that notes later wins.
    as_of, known = ledger.clock(), read_known(ledger, configuration)
    report.stage("reading the realm")
    admission, reading = admit(configuration.staff, known.administrators), RealmReading(connection)
    context = RealmContext(replace(configuration, staff=admission.staff), settings)
    objects, former = _look_at_objects(reading, configuration, known, context, admission)
    # 2. The marks before the accounts: a change made meanwhile is newer than the marks, and shows in the next plan.
    marks = read_change_marks(connection)
    look = None if full else _look_quickly(configuration, connection, known, marks, report)
    look = look or _look_at_all(configuration, connection, known, report)
    report.stage("comparing")
    altered = find_altered(connection, look.compared, look.actual)
    accounts = diff_accounts(look.compared, look.actual, known.verdicts, look.settled, known.contradictions, altered)
    # 3. Note what was seen to be right, and forget what was not.
    _note(ledger, look, known, accounts, marks, as_of)
    accounts, left = without_endings(accounts) if leave_endings else (accounts, ())
    plan = _plan(configuration, known, look, objects, accounts, former.names, left, allowed or {})
    compared_at = as_of if look.in_full else known.journal.compared_at
    rights = diff_rights(known.rights, known.roles, context.configuration, admission.held)
    plan = replace(plan, compared_at=compared_at, rights=rights, staff_attentions=admission.attentions)
    seen = (look.actual, known.verdicts, known.unfinished, look.names, former.names, look.holders)
    return Survey(plan, context, reading, *seen, admission)


def _look_at_objects(
    reading: RealmReading,
    configuration: Configuration,
    known: Known,
    context: RealmContext,
    admission: Admission,
) -> tuple[tuple[ObjectChange, ...], FormerStaff]:
    """Compare the realm's objects; a new administrator who waits has no user yet."""
    wanted = desired_objects(context)
    former = former_staff(reading, known.staff, configuration, admission.held)
    present = read_objects(reading, wanted) + former.actual
    objects = diff_objects([*wanted, *former.wanted], present)
    return without_users_that_wait(objects, admission.waiting), former


def _note(
    ledger: Ledger, look: _Look, known: Known, accounts: AccountDiff, marks: ChangeMarks, as_of: datetime
) -> None:
    """Write into the journal which accounts were seen to be right, unless nothing was asked and nothing moved."""
    if not (look.compared or look.in_full or marks != known.journal.marks):
        return
    open_ones = unsettled(accounts)
    right = {
        wanted.image.username: digest_of(wanted, known.verdicts.get(wanted.image.username, Verdict.UNKNOWN))
        for wanted in look.compared
        if wanted.image.username not in open_ones
    }
    note_survey(ledger, right, open_ones, marks, as_of, in_full=look.in_full)


def _plan(
    configuration: Configuration,
    known: Known,
    look: _Look,
    objects: tuple[ObjectChange, ...],
    accounts: AccountDiff,
    former: frozenset[str],
    left: tuple[Username, ...],
    allowed: Mapping[Guard, int],
) -> Plan:
    moves = moves_of(accounts.changes, {one.id: one.name for one in configuration.institutions})
    leavers = tuple(change.object.name for change in objects if change.object.name in former)
    staff = Counted(len(leavers), len(configuration.staff) + len(leavers))
    counted = count_guarded(accounts, look.existing, moves, staff)
    return Plan(
        objects,
        accounts,
        check_guards(counted, configuration.realm.guards, allowed),
        look.existing,
        len(known.unfinished),
        diff_protocol(known.protocol, configuration.protocol),
        moves,
        leavers,
        left,
    )


def _look_quickly(
    configuration: Configuration, connection: KeycloakConnection, known: Known, marks: ChangeMarks, report: Progress
) -> _Look | None:
    """Ask about what may differ; None when only reading everything will do."""
    # 1. Another realm, other users, or an older newest event (a restored backup): the journal proves nothing.
    noted = known.journal.marks
    if noted is None or noted.realm != marks.realm or noted.users != marks.users or noted.latest > marks.latest:
        return None
    touched = touched_since(connection, noted.latest) if noted.latest < marks.latest else None
    if touched is not None and touched.unclear:
        return None
    # 2. Work that a crash left unfinished may have reached Keycloak, so its accounts are asked about as well.
    suspects = {account_of(task.subject) for task in known.unfinished} | (touched.usernames if touched else frozenset())
    compared: list[DesiredAccount] = []
    settled: set[Username] = set()
    for wanted in desired_accounts(configuration, known.keys):
        username = wanted.image.username
        verdict = known.verdicts.get(username, Verdict.UNKNOWN)
        if username in suspects or known.journal.digests.get(username) != digest_of(wanted, verdict):
            compared.append(wanted)
        else:
            settled.add(username)
    # 3. Two calls for each account: beyond some hundreds the lists of everything are quicker.
    if len(compared) > MOST_TOUCHED:
        return None
    asked = {wanted.image.username for wanted in compared} | suspects
    if asked:
        report.stage("asking about accounts that may differ", len(asked))
    actual = ask_accounts(connection, asked, *compared_roles(configuration), report.advance)
    existing = (known.verdicts.keys() - asked) | actual.keys()
    return _Look(compared, settled, actual, len(existing))


def _look_at_all(configuration: Configuration, connection: KeycloakConnection, known: Known, report: Progress) -> _Look:
    report.stage("reading all accounts")
    found = read_everything(connection, *compared_roles(configuration), report.advance, digests=True)
    desired = list(desired_accounts(configuration, known.keys))
    return _Look(desired, (), found.images, len(found.images), found.names, True, found.holders)
