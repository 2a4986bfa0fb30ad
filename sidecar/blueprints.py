"""Every blueprint with its guard: the one list that says who may reach what. A route outside it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden

from provisioning.model.configuration import StaffRole
from sidecar.applications.applicant import APPLICANT
from sidecar.auth import backchannel
from sidecar.auth import views as auth
from sidecar.auth.guards import (
    AUTHORITY,
    AUTHORITY_FRESH,
    INSTITUTION,
    INSTITUTION_FRESH,
    OPERATOR,
    OPERATOR_FRESH,
    PUBLIC,
    SIGNED_IN,
    Guard,
    enforce,
    staff,
)
from sidecar.authority import granting as authority_ois
from sidecar.authority import views as authority
from sidecar.desk import actions as desk_actions
from sidecar.desk import administrators as desk_administrators
from sidecar.desk import bulk as desk_bulk
from sidecar.desk import cut_offs as desk_cut_offs
from sidecar.desk import ledger_views as desk_ledger
from sidecar.desk import views as desk
from sidecar.directory import views as directory
from sidecar.frame import home
from sidecar.gate import pages as problems
from sidecar.health import views as health
from sidecar.leaks import views as leaks
from sidecar.ois_portal import api as ois_usage_api
from sidecar.ois_portal import keys as ois_keys
from sidecar.ois_portal import views as ois_portal
from sidecar.onboarding import api as ois_api
from sidecar.onboarding import applicant_views, connected_api, desk_views
from sidecar.onboarding import views as onboarding
from sidecar.portal import api, cut_off, keys, mandates, requests
from sidecar.portal import views as portal
from sidecar.reads import views as reads
from sidecar.sandbox import api as sandbox_api
from sidecar.sandbox import views as self_test
from sidecar.support import views as support


@dataclass(frozen=True, slots=True)
class Mounted:
    """A blueprint and who may reach it."""

    blueprint: Blueprint
    guard: Guard


MOUNTED: Final = (
    Mounted(home.blueprint, PUBLIC),
    Mounted(directory.blueprint, PUBLIC),
    Mounted(health.blueprint, PUBLIC),
    Mounted(auth.blueprint, PUBLIC),
    Mounted(backchannel.blueprint, PUBLIC),  # Keycloak calls it; what it takes is signed.
    Mounted(leaks.blueprint, PUBLIC),
    Mounted(problems.blueprint, PUBLIC),
    Mounted(onboarding.blueprint, PUBLIC),
    Mounted(ois_api.blueprint, PUBLIC),
    Mounted(connected_api.blueprint, connected_api.OIS),
    Mounted(ois_usage_api.blueprint, connected_api.OIS),
    Mounted(applicant_views.blueprint, APPLICANT),
    Mounted(ois_portal.blueprint, OPERATOR),
    Mounted(ois_keys.blueprint, OPERATOR_FRESH),
    Mounted(self_test.blueprint, APPLICANT),
    Mounted(sandbox_api.blueprint, sandbox_api.SANDBOX_OIS),
    Mounted(desk_views.looking, staff(StaffRole.ADMINISTRATOR)),
    Mounted(desk_views.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True)),
    Mounted(portal.blueprint, SIGNED_IN),
    Mounted(reads.own, INSTITUTION),
    Mounted(reads.desk, staff(*StaffRole)),
    Mounted(keys.blueprint, INSTITUTION_FRESH),
    Mounted(cut_off.blueprint, INSTITUTION_FRESH),
    Mounted(mandates.blueprint, INSTITUTION_FRESH),
    Mounted(api.blueprint, INSTITUTION_FRESH),
    Mounted(requests.blueprint, INSTITUTION),
    Mounted(authority.blueprint, AUTHORITY),
    Mounted(authority_ois.blueprint, AUTHORITY_FRESH),
    Mounted(desk.blueprint, staff(*StaffRole)),
    Mounted(support.blueprint, staff(StaffRole.SUPPORT, StaffRole.ADMINISTRATOR)),
    Mounted(desk_actions.blueprint, staff(StaffRole.ADMINISTRATOR, fresh=True)),
    Mounted(desk_bulk.blueprint, staff(StaffRole.ADMINISTRATOR, fresh=True)),
    Mounted(desk_administrators.looking, staff(StaffRole.ADMINISTRATOR)),
    Mounted(desk_administrators.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True)),
    Mounted(desk_cut_offs.looking, staff(*StaffRole)),
    Mounted(desk_cut_offs.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True)),
    Mounted(desk_ledger.blueprint, staff(*StaffRole)),
)

GUARDS: Final[dict[str, Guard]] = {mounted.blueprint.name: mounted.guard for mounted in MOUNTED} | {
    # Files of our own and of Bootstrap's package; both serve from one folder and nothing else.
    "static": PUBLIC,
    "bootstrap": PUBLIC,
}


def guard_of(endpoint: str) -> Guard | None:
    """Return the guard of an endpoint such as `portal.account`; None when no blueprint of the list has it."""
    return GUARDS.get(endpoint.split(".", 1)[0])


WITHOUT_FORM_TOKEN: Final = (leaks.receive, ois_api.apply, sandbox_api.start, backchannel.end_login)
"""Views for programs that take no cookie but JSON, a bearer token or a signed one: no form of another site sends that
(`traffic` besides)."""


def init_blueprints(app: Flask, csrf: CSRFProtect) -> None:
    """Mount every blueprint behind its guard."""
    for view in WITHOUT_FORM_TOKEN:
        csrf.exempt(view)
    for mounted in MOUNTED:
        app.register_blueprint(mounted.blueprint)
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:  # No such route: Flask answers 404 or 405.
        return None
    guard = guard_of(request.endpoint)
    if guard is None:
        raise Forbidden
    return enforce(guard)
