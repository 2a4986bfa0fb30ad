"""A mail server that delivers nothing: it keeps every mail for `provision stack mails`. For trying out, and tests.

Run as a process of its own: `python -m provisioning.stack.mail_catcher PORT FOLDER [HOST]`; HOST is the loopback
address unless given, which a container does.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from provisioning.stack.mail_store import MailStore
from provisioning.stack.ports import LOOPBACK

SIZE_LIMIT: Final = 10_000_000
"""Bytes per mail."""


class CatchAll:
    """aiosmtpd handler that stores what arrives. Its method names are aiosmtpd's."""

    def __init__(self, store: MailStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Keep the mail; a mail without content cannot happen after DATA."""
        content = envelope.content or b""
        data = content.encode() if isinstance(content, str) else content
        self._store.add(data, tuple(envelope.rcpt_tos), self._clock())
        return "250 OK kept"


def mail_controller(
    store: MailStore, port: int, clock: Callable[[], datetime] | None = None, host: str = LOOPBACK
) -> Controller:
    """Return a server, not yet started; it runs in a thread."""
    handler = CatchAll(store, clock or _now)
    return Controller(
        handler, hostname=host, port=port, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, ready_timeout=30
    )


def main() -> None:
    """Serve until the process gets the signal to end."""
    port, folder, *host = sys.argv[1:]
    mail_controller(MailStore(Path(folder)), int(port), host=host[0] if host else LOOPBACK).start()
    threading.Event().wait()


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
