"""Reads a realm and the ledger, and gives the records that would make them again (`provision export`)."""

from __future__ import annotations

from datetime import date

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.rights import right_names
from provisioning.keycloak.realm.roles import rights_of_roles
from provisioning.ledger import Ledger, LedgerReader
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Deactivation, DeactivationReason, Kind
from provisioning.model.records import AccountState
from provisioning.planning.desired import role_of_kind
from provisioning.planning.exporting import Exported, export_records


def export_realm(connection: KeycloakConnection, ledger: Ledger, progress: Progress | None = None) -> Exported:
    """Everything that carries our mark, as records. Changes nothing. Raises KeycloakError or LedgerError."""
    report = progress or Silent()
    report.stage("reading the ledger")
    with ledger.reader() as reader:
        deaths = _deaths(reader)
    report.stage("reading accounts")
    roles = [role_of_kind(kind) for kind in Kind]
    images = read_accounts(connection, roles, right_names(connection), report.advance)
    return export_records(images, deaths, rights_of_roles(connection, roles))


def _deaths(reader: LedgerReader) -> dict[Username, Deactivation]:
    """Why each account that is over ended; of several decisions about an authority the last."""
    over = {name for name, record in reader.accounts().items() if record.state is AccountState.DEACTIVATED}
    deaths: dict[Username, Deactivation] = {}
    for username in sorted(over):
        ends = [e for e in reader.events(subject=username) if e.kind is EventKind.ACCOUNT_DEACTIVATED]
        if ends and (why := _deactivation(ends[-1])) is not None:
            deaths[username] = why
    return deaths


def _deactivation(event: Event) -> Deactivation | None:
    data, successors = event.data, event.data.get("successors")
    try:
        return Deactivation(
            DeactivationReason(str(data.get("reason"))),
            str(data["document"]),
            date.fromisoformat(str(data.get("date"))),
            tuple(InstitutionId(str(name)) for name in successors) if isinstance(successors, list) else (),
        )
    except (ValueError, KeyError):
        return None
