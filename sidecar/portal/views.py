"""`/account`: my account, for institutions, authorities and the Administrator's staff."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.key_use import last_used
from provisioning.model.base_key_state import BaseKeyState, BaseKeyStatus, base_key_status
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountRecord
from sidecar.auth.guards import identity
from sidecar.doors.policy import api_key_policy, base_key_lifespan
from sidecar.doors.records import account_in, records
from sidecar.doors.services import current_day, current_time, settings
from sidecar.portal.overview import Known, Overview, overview
from sidecar.words import accounts as wording

blueprint = Blueprint("portal", __name__)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Show what the Administrator has on file about the visitor; staff see their roles, and operators their OIS.

    Source: order cl. 4, 9.
    """
    who = identity()
    if who.ois is not None:
        return redirect(url_for("ois_portal.overview"))
    if not who.is_account:
        here = settings()
        console = f"{here.keycloak_public_url}/admin/{here.realm}/console/"
        return render_template("portal/staff.html", who=who, roles=wording.ROLES, console=console)
    with records().reader() as reader:
        shown = _read(reader, who.username)
        superior = reader.account(who.superior) if who.superior else None
        working = _working(reader, who.username)
    return render_template(
        "portal/account.html", who=who, shown=shown, superior=superior, working=working, wording=wording
    )


def _read(reader: LedgerReader, username: Username) -> Overview:
    """Everything from one snapshot; the guard has seen the account, so it is there."""
    record = account_in(reader, username)
    keys = reader.api_keys(username)
    subjects = (username, *(key.client_id for key in keys))
    known = Known(
        keys=keys,
        used=last_used(reader, [key.client_id for key in keys]),
        base_key=_base_key(reader, record),
        events=[event for subject in subjects for event in reader.events(subject=subject)],
    )
    return overview(record, known, api_key_policy(), current_time())


def _base_key(reader: LedgerReader, record: AccountRecord) -> BaseKeyStatus:
    """Without a readable policy nothing is known of a link's end, and none is shown."""
    lifespan = base_key_lifespan()
    mails = {mail.key: mail for mail in reader.mails(account=record.username)}
    mail = mails.get(record.base_key_id) if record.base_key_id else None
    status = base_key_status(record, mail, lifespan or timedelta(), current_time())
    return status if lifespan or status.valid_until is None else BaseKeyStatus(BaseKeyState.SENT)


def _working(reader: LedgerReader, username: Username) -> list[str]:
    """Names of the OIS that work for an account today."""
    names, today = reader.all_ois(), current_day()
    return [names[each.ois].name for each in reader.mandates(username=username) if each.stands(today)]
