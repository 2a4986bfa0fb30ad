"""Every blueprint with its guard and its part: the one list that says who may reach what, and in which process.

A route outside it is refused, and one of a part that this process does not serve is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Map

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
from sidecar.doors.served import EVERYTHING, SIGNING_IN, Served
from sidecar.frame import home
from sidecar.gate import pages as problems
from sidecar.health import views as health
from sidecar.leaks import views as leaks
from sidecar.ois_portal import api as ois_usage_api
from sidecar.ois_portal import keys as ois_keys
from sidecar.ois_portal import views as ois_portal
from sidecar.onboarding import api as ois_api
from sidecar.onboarding import applicant_views, connected_api, desk_views, link_views
from sidecar.onboarding import views as onboarding
from sidecar.portal import api, cut_off, keys, mandates, requests
from sidecar.portal import views as portal
from sidecar.reads import views as reads
from sidecar.sandbox import api as sandbox_api
from sidecar.sandbox import views as self_test
from sidecar.support import views as support

OF_PUBLIC: Final = frozenset({Served.PUBLIC})
OF_PORTAL: Final = frozenset({Served.PORTAL})
OF_DESK: Final = frozenset({Served.DESK})


@dataclass(frozen=True, slots=True)
class Mounted:
    """A blueprint, who may reach it, and which parts have it."""

    blueprint: Blueprint
    guard: Guard
    parts: frozenset[Served]


MOUNTED: Final = (
    Mounted(home.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(directory.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(health.blueprint, PUBLIC, EVERYTHING),
    Mounted(auth.blueprint, PUBLIC, SIGNING_IN),
    Mounted(backchannel.blueprint, PUBLIC, OF_PORTAL),  # Keycloak calls it; what it takes is signed.
    Mounted(leaks.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(problems.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(onboarding.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(ois_api.blueprint, PUBLIC, OF_PUBLIC),
    Mounted(connected_api.blueprint, connected_api.OIS, OF_PORTAL),
    Mounted(ois_usage_api.blueprint, connected_api.OIS, OF_PORTAL),
    Mounted(link_views.blueprint, PUBLIC, OF_PORTAL),
    Mounted(applicant_views.blueprint, APPLICANT, OF_PORTAL),
    Mounted(ois_portal.blueprint, OPERATOR, OF_PORTAL),
    Mounted(ois_keys.blueprint, OPERATOR_FRESH, OF_PORTAL),
    Mounted(self_test.blueprint, APPLICANT, OF_PORTAL),
    Mounted(sandbox_api.blueprint, sandbox_api.SANDBOX_OIS, OF_PORTAL),
    Mounted(desk_views.looking, staff(StaffRole.ADMINISTRATOR), OF_DESK),
    Mounted(desk_views.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True), OF_DESK),
    Mounted(portal.blueprint, SIGNED_IN, OF_PORTAL),
    Mounted(reads.own, INSTITUTION, OF_PORTAL),
    Mounted(reads.desk, staff(*StaffRole), OF_DESK),
    Mounted(keys.blueprint, INSTITUTION_FRESH, OF_PORTAL),
    Mounted(cut_off.blueprint, INSTITUTION_FRESH, OF_PORTAL),
    Mounted(mandates.blueprint, INSTITUTION_FRESH, OF_PORTAL),
    Mounted(api.blueprint, INSTITUTION_FRESH, OF_PORTAL),
    Mounted(requests.blueprint, INSTITUTION, OF_PORTAL),
    Mounted(authority.blueprint, AUTHORITY, OF_PORTAL),
    Mounted(authority_ois.blueprint, AUTHORITY_FRESH, OF_PORTAL),
    Mounted(desk.blueprint, staff(*StaffRole), OF_DESK),
    Mounted(support.blueprint, staff(StaffRole.SUPPORT, StaffRole.ADMINISTRATOR), OF_DESK),
    Mounted(desk_actions.blueprint, staff(StaffRole.ADMINISTRATOR, fresh=True), OF_DESK),
    Mounted(desk_bulk.blueprint, staff(StaffRole.ADMINISTRATOR, fresh=True), OF_DESK),
    Mounted(desk_administrators.looking, staff(StaffRole.ADMINISTRATOR), OF_DESK),
    Mounted(desk_administrators.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True), OF_DESK),
    Mounted(desk_cut_offs.looking, staff(*StaffRole), OF_DESK),
    Mounted(desk_cut_offs.deciding, staff(StaffRole.ADMINISTRATOR, fresh=True), OF_DESK),
    Mounted(desk_ledger.blueprint, staff(*StaffRole), OF_DESK),
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


PARTS: Final[dict[str, frozenset[Served]]] = {mounted.blueprint.name: mounted.parts for mounted in MOUNTED}


def part_of(endpoint: str) -> Served | None:
    """Return the part that an endpoint's page is linked to in; None for one that every part has, or none."""
    parts = PARTS.get(endpoint.split(".", 1)[0], EVERYTHING)
    return None if parts == EVERYTHING else next(part for part in Served if part in parts)


def init_blueprints(app: Flask, csrf: CSRFProtect, parts: frozenset[Served]) -> None:
    """Mount every blueprint of these parts behind its guard."""
    for view in WITHOUT_FORM_TOKEN:
        csrf.exempt(view)
    for mounted in MOUNTED:
        if mounted.parts & parts:
            app.register_blueprint(mounted.blueprint)
    app.before_request(_guard)


@cache
def every_route() -> Map:
    """Return the routes of all parts, for links from one to another; nothing answers at them."""
    bare = Flask(__name__, static_folder=None)
    for mounted in MOUNTED:
        bare.register_blueprint(mounted.blueprint)
    return bare.url_map


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:  # No such route: Flask answers 404 or 405.
        return None
    guard = guard_of(request.endpoint)
    if guard is None:
        raise Forbidden
    return enforce(guard)
