"""Reads a realm and the ledger, and gives the records that would make them again (`provision export`)."""

from __future__ import annotations

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.rights import right_names
from provisioning.keycloak.realm.roles import rights_of_roles
from provisioning.ledger import Ledger
from provisioning.ledger.queries.endings import recorded_endings
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.institution import Kind
from provisioning.planning.desired import role_of_kind
from provisioning.planning.exporting import Exported, export_records


def export_realm(connection: KeycloakConnection, ledger: Ledger, progress: Progress | None = None) -> Exported:
    """Export all accounts that carry our mark, as records. Changes nothing. Raises KeycloakError or LedgerError."""
    report = progress or Silent()
    report.stage("reading the ledger")
    with ledger.reader() as reader:
        deaths = recorded_endings(reader)
    report.stage("reading accounts")
    roles = [role_of_kind(kind) for kind in Kind]
    images = read_accounts(connection, roles, right_names(connection), report.advance)
    return export_records(images, deaths, rights_of_roles(connection, roles))
