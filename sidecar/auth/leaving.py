"""Leaving a session, which ends every copy of its cookie: kept beside the record. Source: docs/security.md row 60."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from provisioning.ledger.operational.logouts import forget_logouts, note_left
from sidecar.auth.logout_token import OLDEST_S
from sidecar.doors.config import SESSION_MAX
from sidecar.doors.errors import OfficeClosed, RecordsUnavailable
from sidecar.doors.office import office
from sidecar.doors.services import current_time

log = structlog.get_logger(__name__)

KEPT_FOR: Final = 2 * (SESSION_MAX + timedelta(seconds=OLDEST_S))
"""Longer than a session lasts, and longer than a logout token could be shown again."""


def leave(session: str) -> None:
    """Keep that the session of this name is over. Without a database the browser still forgets it; that is logged."""
    now = current_time()
    try:
        with office().aside() as connection:
            forget_logouts(connection, now - KEPT_FOR)
            note_left(connection, session, now)
    except (OfficeClosed, RecordsUnavailable) as error:
        log.error("leaving-not-noted", reason=error.message)
