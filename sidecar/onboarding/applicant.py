"""Who follows an application: whoever opened its one-time link, for as long as a session lasts.

Not a login of Keycloak: an applicant has no account yet (docs/decisions/0010). The session names the application; what
it may do is asked from the ledger at every request.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from provisioning.ledger.applications import find_application
from provisioning.model.application import ApplicationRecord
from sidecar.auth.guards import Guard
from sidecar.config import SESSION_MAX
from sidecar.problems import wants_html
from sidecar.services import services

_KEY: Final = "applicant"


def begin(record: ApplicationRecord, now: datetime) -> None:
    """Start a session for an application; whatever the cookie held before is gone."""
    session.clear()
    session.permanent = True
    session[_KEY] = {"application": record.id, "began": int(now.timestamp())}


def end() -> None:
    """Forget the application."""
    session.pop(_KEY, None)


def applicant() -> ApplicationRecord:
    """Whose application this is, in a view behind `APPLICANT`."""
    return cast(ApplicationRecord, g.applicant)


def _require() -> ResponseReturnValue | None:
    record = _current(services().clock())
    if record is not None and record.confirmed_at is not None:
        g.applicant = record
        return None
    end()
    if request.method != "GET" or not wants_html():
        raise Unauthorized
    return redirect(url_for("onboarding.ask_link"))


def _current(now: datetime) -> ApplicationRecord | None:
    stored: Any = session.get(_KEY)
    if not isinstance(stored, dict):
        return None
    age = now - datetime.fromtimestamp(int(stored.get("began", 0)), UTC)
    if not timedelta() <= age < SESSION_MAX:
        return None
    with services().records.reader() as reader:
        return find_application(reader, str(stored.get("application")))


APPLICANT: Final = Guard("applicant", None, asks=_require)
