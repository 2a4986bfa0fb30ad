"""Who follows an application: the OIS's operator by SSO, or who opened its one-time link, while a session lasts.

The link is no login of Keycloak: an applicant has no account at first (decision 10). It opens nothing of an
OIS that was ever connected: then both factors are asked for. What a session may do is asked from the ledger each time.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, Unauthorized

from provisioning.ledger.operational.logouts import has_left
from provisioning.ledger.queries.applications import application_of, find_application
from provisioning.model.application import ApplicationRecord
from provisioning.model.ois import Slug
from sidecar.auth.guards import OPERATOR, Guard, enforce, signed_in_or_none
from sidecar.auth.leaving import leave
from sidecar.doors.config import SESSION_MAX
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.problems import wants_html

_KEY: Final = "applicant"


def begin(record: ApplicationRecord, now: datetime) -> None:
    """Start a session for an application; whatever the cookie held before is gone."""
    session.clear()
    session.permanent = True
    began = {"id": secrets.token_urlsafe(16), "application": record.id, "began": int(now.timestamp())}
    session[_KEY] = began


def end() -> None:
    """Forget the application; a copy of the cookie opens it no more either."""
    stored: Any = session.pop(_KEY, None)
    if isinstance(stored, dict) and "id" in stored:
        leave(str(stored["id"]))


def applicant() -> ApplicationRecord:
    """Return the application that this request acts for, in a view behind `APPLICANT`."""
    return cast(ApplicationRecord, g.applicant)


def _require() -> ResponseReturnValue | None:
    who = signed_in_or_none()
    if who is not None and who.ois is not None:
        return _require_operator(who.ois)
    record = _current(current_time())
    if record is not None and record.confirmed_at is not None and not _was_connected(record):
        g.applicant = record
        return None
    end()
    if request.method != "GET" or not wants_html():
        raise Unauthorized
    if record is not None and record.confirmed_at is not None:
        return redirect(url_for("auth.login", next=url_for("ois_portal.overview")))
    return redirect(url_for("onboarding.ask_link"))


def _was_connected(record: ApplicationRecord) -> bool:
    """Then its operator signs in: a mailbox alone opens nothing of an OIS that works, or has worked."""
    with records().reader() as reader:
        ois = reader.ois(record.slug)
    return ois is not None and ois.connected_at is not None


def _require_operator(slug: Slug) -> ResponseReturnValue | None:
    answer = enforce(OPERATOR)
    if answer is None:
        with records().reader() as reader:
            g.applicant = application_of(reader, slug)
        if g.applicant is None:
            raise NotFound
    return answer


def _current(now: datetime) -> ApplicationRecord | None:
    stored: Any = session.get(_KEY)
    if not isinstance(stored, dict):
        return None
    began = datetime.fromtimestamp(int(stored.get("began", 0)), UTC)
    if not timedelta() <= now - began < SESSION_MAX:
        return None
    with records().reader() as reader:
        if has_left(reader, str(stored.get("id")), began):
            return None
        return find_application(reader, str(stored.get("application")))


APPLICANT: Final = Guard("applicant", None, asks=_require)
