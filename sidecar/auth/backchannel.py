"""`POST /auth/backchannel-logout`: Keycloak says that a login ended, and every session from it is over here too.

Sessions live in cookies, in front of several processes; so that a login ended is kept in the ledger's database, beside
the record, for longer than any session lasts. Source: OpenID Connect Back-Channel Logout 1.0.
"""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from provisioning.gate.reasons import Reason
from provisioning.ledger.operational.logouts import forget_logouts, note_logout
from provisioning.lifecycle.realm_keys import issuer_of
from sidecar.auth.leaving import KEPT_FOR
from sidecar.auth.logout_token import LONGEST, Logout, LogoutTokenRefused, key_id, read_logout
from sidecar.auth.sso import CLIENT_ID
from sidecar.doors.office import office
from sidecar.doors.realm_keys import realm_keys
from sidecar.doors.services import current_time, settings

blueprint = Blueprint("backchannel", __name__, url_prefix="/auth")
log = structlog.get_logger(__name__)


@blueprint.post("/backchannel-logout")
def end_login() -> ResponseReturnValue:
    """Note that a login ended. 400 for a token that does not verify or was used, 503 when it cannot be noted."""
    try:
        logout = _read(request.form.get("logout_token", ""))
        if not _note(logout):
            raise LogoutTokenRefused("jti was used before")
    except LogoutTokenRefused as error:
        log.warning("logout-token-refused", reason=str(error))
        return jsonify(error="invalid_request"), 400
    log.info("login-ended", subject=logout.subject)
    return "", 200


def _read(token: str) -> Logout:
    if not token.isascii() or not 0 < len(token) <= LONGEST:
        raise LogoutTokenRefused("there is no token")
    found = realm_keys().find(key_id(token))
    if found is Reason.SIGNING_KEYS_UNAVAILABLE:
        raise ServiceUnavailable
    if isinstance(found, Reason):
        raise LogoutTokenRefused("the realm has no such key")
    return read_logout(token, found, issuer_of(settings()), CLIENT_ID, current_time())


def _note(logout: Logout) -> bool:
    now = current_time()
    with office().aside() as connection:
        forget_logouts(connection, now - KEPT_FOR)
        return note_logout(connection, logout.token_id, logout.sid, logout.subject, now)
