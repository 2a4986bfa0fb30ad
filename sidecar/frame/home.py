"""`/`: what this is, for whom, and where to go next."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """Show the home page; it needs neither ledger nor Keycloak."""
    return render_template("home.html")
