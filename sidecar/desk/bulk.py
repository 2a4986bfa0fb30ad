"""`/desk/bulk`: deactivation of many accounts at once, after an incident: whom and why, preview, number, decision.

Under four eyes the decision is a proposal that another administrator approves here. Nothing waits for Keycloak: the
verdict is in force when it is recorded, `provision watch` carries it out, and the decision's page shows the progress.
Source: order cl. 10, 11.
"""

from __future__ import annotations

from typing import Final, TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.accounts.choosing import BY_NAME, Preview, choose, preview
from provisioning.lifecycle.accounts.deactivation import Bulk, record_deactivation
from provisioning.lifecycle.accounts.proposals import approve, propose
from provisioning.lifecycle.proposals import Proposal, open_proposals, proposals, refuse
from provisioning.model.events.decisions import DeactivationProposed
from provisioning.model.upkeep import BulkApproval
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.desk.bulk_forms import BulkForm, DecisionForm, NumberForm, RefusalForm
from sidecar.doors.policy import bulk_rules
from sidecar.doors.records import records
from sidecar.doors.services import current_day, current_time
from sidecar.words import accounts as wording
from sidecar.words import record as words

blueprint = Blueprint("desk_bulk", __name__, url_prefix="/desk/bulk")

UNKNOWN_SHOWN: Final = 5

AnyForm = TypeVar("AnyForm", bound=BulkForm)


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Show the form for whom and why, and above it the proposals that wait."""
    return _start(_form(BulkForm))


@blueprint.post("")
def look() -> ResponseReturnValue:
    """Show the preview: which accounts, what stops, which are deactivated already, which guard refuses."""
    form = _form(BulkForm)
    if not form.validate_on_submit():
        return _start(form), 422
    return _preview(form, 200)


@blueprint.post("/decide")
def decide() -> ResponseReturnValue:
    """Record the decision; under four eyes, the proposal."""
    form = _form(DecisionForm)
    if not form.validate_on_submit():
        return _preview(form, 422) if form.choice_is_valid else (_start(form), 422)
    found = _look_at(form)
    if found is None or not form.confirms(len(found.selection.living), found.selection.digest):
        return _preview(form, 422)
    rules = bulk_rules()
    with acting() as actor:
        with actor.ledger.reader() as reader:
            chosen = choose(reader, form.choice())
        bulk = Bulk(chosen.scope or f"{BY_NAME}1", form.number.data, form.seen.data, rules.bulk_approval)
        if rules.bulk_approval is BulkApproval.FOUR_EYES:
            proposal = propose(actor, chosen.names, form.why(), bulk, lifespan=rules.proposal_lifespan)
            flash(gettext("The proposal is recorded. Another administrator must approve it."))
            return redirect(url_for("desk_bulk.proposal", number=proposal.number), 303)
        decided = record_deactivation(actor, chosen.names, form.why(), bulk)
    flash(gettext("The decision is recorded and holds."))
    if decided.number is None:
        return redirect(url_for("desk_bulk.start"), 303)
    return redirect(url_for("desk.decision", number=decided.number), 303)


@blueprint.get("/proposals/<int:number>")
def proposal(number: int) -> ResponseReturnValue:
    """Show a proposal: which accounts would end, what stops, and the two ways to answer."""
    return _proposal(number, NumberForm(), RefusalForm(), 200)


@blueprint.post("/proposals/<int:number>/approve")
def approval(number: int) -> ResponseReturnValue:
    """Decide as proposed. Refused to the administrator who proposed."""
    form = NumberForm()
    found = _proposed(number)[1]
    if not form.validate_on_submit() or not form.confirms(len(found.selection.living)):
        return _proposal(number, form, RefusalForm(formdata=None), 422)
    with acting() as actor:
        decided = approve(actor, number, form.number.data)
    flash(gettext("The decision is recorded and holds."))
    return redirect(url_for("desk.decision", number=decided.number), 303)


@blueprint.post("/proposals/<int:number>/refuse")
def refusal(number: int) -> ResponseReturnValue:
    """Refuse a proposal, or withdraw one's own."""
    form = RefusalForm()
    if not form.validate_on_submit():
        return _proposal(number, NumberForm(formdata=None), form, 422)
    with acting() as actor:
        refuse(actor, number, form.reason.data, DeactivationProposed)
    flash(gettext("The proposal is refused; nothing ends."))
    return redirect(url_for("desk_bulk.proposal", number=number), 303)


def _form(kind: type[AnyForm]) -> AnyForm:
    with records().reader() as reader:
        systems = [record for record in reader.all_ois().values() if record.connected_at is not None]
    return kind(current_day(), systems)


def _start(form: BulkForm) -> str:
    with records().reader() as reader:
        waiting = open_proposals(reader, current_time(), DeactivationProposed)
    return render_template("desk/bulk/start.html", form=form, proposals=waiting, rules=bulk_rules(), words=words)


def _preview(form: BulkForm, status: int) -> ResponseReturnValue:
    found = _look_at(form)
    if found is None:
        return _start(form), 422
    page = render_template(
        "desk/bulk/preview.html", form=form, found=found, rules=bulk_rules(), wording=wording, words=words
    )
    return page, status


def _look_at(form: BulkForm) -> Preview | None:
    """What the choice would end; None when there is a mistake in it, which then stands in the form."""
    with records().reader() as reader:
        mistake = _mistake(reader, form)
        if mistake is None:
            return preview(reader, choose(reader, form.choice()).names, bulk_rules().limit)
    form.by.errors = [*form.by.errors, mistake]
    return None


def _mistake(reader: LedgerReader, form: BulkForm) -> str | None:
    """Why the ledger knows nobody to whom this could apply."""
    choice = form.choice()
    if choice.authority is not None:
        own = reader.account(choice.authority)
        known = own is not None and own.is_authority and bool(own.sphere)
        return None if known else gettext("There is no authority with this code.")
    unknown = set(choice.names) - accounts_named(reader, choice.names).keys()
    shown = ", ".join(sorted(unknown)[:UNKNOWN_SHOWN])
    return gettext("There are no accounts with these codes: %(codes)s", codes=shown) if unknown else None


def _proposed(number: int) -> tuple[Proposal[DeactivationProposed], Preview]:
    """The proposal, and what it would end now."""
    with records().reader() as reader:
        one = next((known for known in proposals(reader, DeactivationProposed) if known.number == number), None)
        found = None if one is None else preview(reader, one.proposed.accounts, bulk_rules().limit)
    if one is None or found is None:
        raise NotFound
    return one, found


def _proposal(number: int, form: NumberForm, refusal_form: RefusalForm, status: int) -> ResponseReturnValue:
    one, found = _proposed(number)
    page = render_template(
        "desk/bulk/proposal.html",
        proposal=one,
        is_open=one.is_open(current_time()),
        is_own=one.proposed_by == identity().actor,
        found=found,
        form=form,
        refusal=refusal_form,
        wording=wording,
        words=words,
    )
    return page, status
