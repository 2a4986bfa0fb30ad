"""Makes a plan: reads Keycloak and the ledger, and lets the pure planner compare them with the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.catalogue import desired_objects, read_objects
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, Task
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountImage, Verdict
from provisioning.planning.desired import KeyStates, desired_accounts, role_of_kind
from provisioning.planning.guards import Guard, check_guards
from provisioning.planning.objects import diff_objects
from provisioning.planning.plan import Plan
from provisioning.settings import Settings

from .progress import Progress, Silent


@dataclass(frozen=True, slots=True)
class Survey:
    """A plan with what it was made from."""

    plan: Plan
    context: RealmContext
    actual: Mapping[Username, AccountImage]
    records: Mapping[Username, AccountRecord]
    unfinished: tuple[Task, ...]


def survey(
    configuration: Configuration,
    settings: Settings,
    connection: KeycloakConnection,
    ledger: Ledger,
    *,
    allowed: Mapping[Guard, int] | None = None,
    progress: Progress | None = None,
) -> Survey:
    """Read everything once and plan. Changes nothing. Raises KeycloakError or LedgerError."""
    report = progress or Silent()
    connection.check_version()
    context = RealmContext(configuration, settings)
    report.stage("reading the ledger")
    with ledger.reader() as reader:
        records, keys, unfinished = reader.accounts(), reader.all_api_keys(), reader.pending_tasks()
    report.stage("reading the realm")
    wanted_objects = desired_objects(context)
    objects = diff_objects(wanted_objects, read_objects(connection, wanted_objects))
    report.stage("reading accounts")
    actual = _read_accounts(connection, configuration, report)
    report.stage("comparing")
    verdicts = {username: verdict_of(record) for username, record in records.items()}
    accounts = diff_accounts(desired_accounts(configuration, key_states(keys)), actual, verdicts)
    existing = len(actual)
    stops = check_guards(accounts, existing, configuration.realm.guards, allowed or {})
    return Survey(Plan(objects, accounts, stops, existing, len(unfinished)), context, actual, records, unfinished)


def verdict_of(record: AccountRecord) -> Verdict:
    """What the ledger's record says about an account."""
    return Verdict.DEAD if record.state is AccountState.DEACTIVATED else Verdict.ALIVE


def key_states(keys: Mapping[ClientId, ApiKeyRecord]) -> KeyStates:
    """API keys by account, and whether each is live."""
    states: dict[Username, dict[ClientId, bool]] = {}
    for client_id, record in sorted(keys.items()):
        states.setdefault(record.username, {})[client_id] = not record.state.is_over
    return states


def _read_accounts(
    connection: KeycloakConnection, configuration: Configuration, progress: Progress
) -> dict[Username, AccountImage]:
    roles = sorted(role_of_kind(kind) for kind in configuration.rights.of_kind)
    rights = sorted(right.name for right in configuration.rights.rights)
    return read_accounts(connection, roles, rights, progress.advance)
