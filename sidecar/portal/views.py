"""`/account`: my account, for institutions, authorities and the Administrator's staff."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from provisioning.ledger import LedgerReader
from provisioning.model.identifiers import Username
from sidecar.auth.guards import identity
from sidecar.errors import RecordsUnavailable
from sidecar.services import services

from . import wording
from .overview import Overview, overview

blueprint = Blueprint("portal", __name__)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """What the Administrator has on file about the visitor; staff see their roles. Source: order cl. 4, 9."""
    who = identity()
    if not who.is_account:
        settings = services().settings
        console = f"{settings.keycloak_public_url}/admin/{settings.realm}/console/"
        return render_template("portal/staff.html", who=who, roles=wording.ROLES, console=console)
    with services().records.reader() as reader:
        shown = _read(reader, who.username)
    return render_template("portal/account.html", who=who, shown=shown, wording=wording)


def _read(reader: LedgerReader, username: Username) -> Overview:
    """Everything from one snapshot; the guard has seen the account, so it is there."""
    record = reader.account(username)
    if record is None:
        raise RecordsUnavailable("the ledger lost an account between two reads")
    keys = reader.api_keys(username)
    subjects = (username, *(key.client_id for key in keys))
    return overview(record, keys, (event for subject in subjects for event in reader.events(subject=subject)))
