"""`/problems`: each reason why the gate refuses, and what to do: where the type of a problem document leads.

Source: RFC 9457 3.1.1, order cl. 9.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason

blueprint = Blueprint("problems", __name__, url_prefix="/problems")


@blueprint.get("")
def page() -> ResponseReturnValue:
    """Show all reasons for a refusal, by status."""
    return render_template("problems/list.html", reasons=sorted(Reason, key=_status), explained=EXPLANATIONS)


@blueprint.get("/<code>")
def one(code: str) -> ResponseReturnValue:
    """Show one reason for a refusal, and what to do about it."""
    if code not in set(Reason):
        raise NotFound
    return render_template("problems/list.html", reasons=[Reason(code)], explained=EXPLANATIONS)


def _status(reason: Reason) -> int:
    return reason.status
