"""`/auth/login`, `/auth/callback`, `/auth/logout`."""

from __future__ import annotations

import structlog
from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import InternalServerError, ServiceUnavailable

from sidecar.auth import session as signed
from sidecar.auth.guards import on_record
from sidecar.auth.identity import ClaimsUnusable, Identity, login_of, proved_at
from sidecar.auth.leaving import leave
from sidecar.auth.local_path import local_path
from sidecar.auth.logout_hint import logout_hint
from sidecar.auth.sign_in_proof import sign_in_proof
from sidecar.auth.sso import KeycloakSilent, LoginFailed, sso
from sidecar.auth.verdicts import as_recorded, verdict
from sidecar.doors.served import Served, served
from sidecar.doors.services import current_time
from sidecar.frame.languages import language
from sidecar.frame.refusals import AccessRefused, LoginRefused

blueprint = Blueprint("auth", __name__, url_prefix="/auth")
log = structlog.get_logger(__name__)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Send the browser to Keycloak; `next` is a path of this site, anything else means the account page, or the desk.

    `fresh` asks for password and second factor although Keycloak has a session.
    """
    usual = "/account" if Served.PORTAL in served() else "/desk"
    target, fresh = local_path(request.args.get("next", usual)), "fresh" in request.args
    return sso().start(target, language(), fresh=fresh)


@blueprint.get("/callback")
def callback() -> ResponseReturnValue:
    """Finish the login: verify the answer, ask the ledger, begin a new session.

    400 for an answer that does not verify, 403 for an account the ledger refuses, 500 for a realm that leaves out
    claims, 503 without ledger or Keycloak.
    """
    try:
        finished = sso().finish()
        who = Identity.from_claims(finished.claims)
    except LoginFailed as error:
        log.warning("login-refused", reason=str(error))
        raise LoginRefused from error
    except ClaimsUnusable as error:
        log.error("claims-unusable", reason=str(error))
        raise InternalServerError from error
    except KeycloakSilent as error:
        log.error("keycloak-silent", reason=str(error))
        raise ServiceUnavailable from error
    record = on_record(who)
    refusal, who = verdict(who, record), as_recorded(who, record)
    if refusal is not None:
        signed.end()
        log.warning("login-refused", reason=refusal.value, username=who.username)
        raise AccessRefused(refusal)
    signed.begin(who, current_time(), proved_at(finished.claims), login_of(finished.claims))
    log.info("signed-in", username=who.username)
    response = make_response(redirect(finished.target))
    logout_hint().remember(response, finished.id_token)
    if who.is_account:
        sign_in_proof().remember(response, finished.id_token)
    else:
        sign_in_proof().forget(response)
    return response


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session here, copies of its cookie too, and then at Keycloak. Safe to repeat."""
    hint, who = logout_hint(), signed.current(current_time())
    if who is not None:
        leave(signed.name(who))
    signed.end()
    response = make_response(redirect(sso().logout_url(hint.read(request), language())))
    hint.forget(response)
    sign_in_proof().forget(response)
    return response
