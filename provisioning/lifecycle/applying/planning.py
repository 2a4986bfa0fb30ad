"""Makes a plan: lets the pure planner compare the configuration with Keycloak and the ledger.

A quick plan asks Keycloak only about accounts that may differ: those of which something else is wanted than when they
were last seen to be right, those with unfinished work, and those that Keycloak's admin events speak of. A full one
reads all accounts; so does a quick one when the marks say that it cannot know. Source: decision 13.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.accounts.asking import ask_accounts
from provisioning.keycloak.accounts.reading import read_everything
from provisioning.keycloak.change_marks import MOST_TOUCHED, ChangeMarks, read_change_marks, touched_since
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.catalogue import desired_objects, read_objects
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger
from provisioning.ledger.queries.summary import account_states, keys_beyond_the_first
from provisioning.lifecycle.applying.protocol import recorded_protocol
from provisioning.lifecycle.journal import Journal, note_survey, read_journal
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.configuration import Configuration, ExchangeProtocol
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountState, Task
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountImage, DesiredAccount, Verdict
from provisioning.planning.desired import KeyStates, compared_roles, desired_accounts
from provisioning.planning.foreign import Names
from provisioning.planning.guards import Guard, check_guards
from provisioning.planning.objects import diff_objects
from provisioning.planning.plan import Plan
from provisioning.planning.protocol import diff_protocol
from provisioning.planning.settled import account_of, digest_of, unsettled
from provisioning.settings import Settings

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
    actual: Mapping[Username, AccountImage]
    verdicts: Mapping[Username, Verdict]
    unfinished: tuple[Task, ...]
    names: tuple[Names, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger's database says, of one moment."""

    verdicts: Mapping[Username, Verdict]
    keys: KeyStates
    unfinished: tuple[Task, ...]
    journal: Journal
    protocol: ExchangeProtocol | None


@dataclass(frozen=True, slots=True)
class _Look:
    """What Keycloak was asked: the accounts compared, those left out as settled, what it answered, how many it has."""

    compared: list[DesiredAccount]
    settled: Collection[Username]
    actual: Mapping[Username, AccountImage]
    existing: int
    names: tuple[Names, ...] = ()


def survey(
    configuration: Configuration,
    settings: Settings,
    connection: KeycloakConnection,
    ledger: Ledger,
    *,
    allowed: Mapping[Guard, int] | None = None,
    progress: Progress | None = None,
    full: bool = False,
) -> Survey:
    """Read what is needed and plan. Changes nothing but the journal. Raises KeycloakError or LedgerError."""
    report = progress or Silent()
    connection.check_version()
    context = RealmContext(configuration, settings)
    report.stage("reading the ledger")
    # 1. The ledger and its clock first: what is noted below counts as of then, so an apply that notes later wins.
    as_of, known = ledger.clock(), _read_ledger(ledger)
    report.stage("reading the realm")
    wanted_objects = desired_objects(context)
    objects = diff_objects(wanted_objects, read_objects(connection, wanted_objects))
    # 2. The marks before the accounts: a change made meanwhile is newer than the marks, and shows in the next plan.
    marks = read_change_marks(connection)
    look = None if full else _look_quickly(configuration, connection, known, marks, report)
    look = look or _look_at_all(configuration, connection, known, report)
    report.stage("comparing")
    accounts = diff_accounts(look.compared, look.actual, known.verdicts, look.settled)
    # 3. Note what was seen to be right, and forget what was not. Nothing was asked and nothing moved: nothing to note.
    open_ones = unsettled(accounts)
    if look.compared or marks != known.journal.marks:
        right = {
            wanted.image.username: digest_of(wanted, known.verdicts.get(wanted.image.username, Verdict.UNKNOWN))
            for wanted in look.compared
            if wanted.image.username not in open_ones
        }
        note_survey(ledger, right, open_ones, marks, as_of)
    stops = check_guards(accounts, look.existing, configuration.realm.guards, allowed or {})
    routes = diff_protocol(known.protocol, configuration.protocol)
    plan = Plan(objects, accounts, stops, look.existing, len(known.unfinished), routes)
    return Survey(plan, context, look.actual, known.verdicts, known.unfinished, look.names)


def _read_ledger(ledger: Ledger) -> _Known:
    with ledger.reader() as reader:
        dead = AccountState.DEACTIVATED
        verdicts = {n: Verdict.DEAD if state is dead else Verdict.ALIVE for n, state in account_states(reader).items()}
        keys, tasks = keys_beyond_the_first(reader), reader.pending_tasks()
        return _Known(verdicts, keys, tasks, read_journal(reader), recorded_protocol(reader))


def _look_quickly(
    configuration: Configuration, connection: KeycloakConnection, known: _Known, marks: ChangeMarks, report: Progress
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


def _look_at_all(
    configuration: Configuration, connection: KeycloakConnection, known: _Known, report: Progress
) -> _Look:
    report.stage("reading all accounts")
    found = read_everything(connection, *compared_roles(configuration), report.advance)
    desired = list(desired_accounts(configuration, known.keys))
    return _Look(desired, (), found.images, len(found.images), found.names)
