"""Hands messages to a mail server by SMTP (RFC 5321), over one session for many."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Final

from provisioning.mail.errors import MailDelayed, MailRefused, MailServerUnreachable
from provisioning.settings import MailServer

_TIMEOUT_S: Final = 30
_PERMANENT: Final = 500


class MailSession:
    """An open session with the mail server."""

    def __init__(self, server: smtplib.SMTP, name: str) -> None:
        self._server = server
        self._name = name

    def send(self, message: EmailMessage) -> None:
        """Hand one message over; returns when the server has taken it.

        Raises MailRefused or MailDelayed for this message, MailServerUnreachable when the conversation broke.
        """
        try:
            self._server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise _refusal(code, reason) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _unreachable(self._name) from error


@contextmanager
def mail_session(server: MailServer) -> Iterator[MailSession]:
    """Open a session, encrypted and logged in as the settings say. Raises MailServerUnreachable."""
    name = f"{server.host}:{server.port}"
    try:
        connection = _connect(server)
    except (smtplib.SMTPException, OSError) as error:
        raise _unreachable(name) from error
    try:
        yield MailSession(connection, name)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.tls:
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
    if server.starttls:
        connection.starttls(context=ssl.create_default_context())
    if server.user is not None and server.password is not None:
        connection.login(server.user, server.password.reveal())
    return connection


def _refusal(code: int, reason: bytes | str) -> MailRefused | MailDelayed:
    words = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    text = f"the mail server answered {code} {' '.join(words.split())[:200]}"
    if code >= _PERMANENT:
        return MailRefused(text, remedy="correct the address in YAML and issue a new base key")
    return MailDelayed(text, remedy="it is tried again later")


def _unreachable(name: str) -> MailServerUnreachable:
    return MailServerUnreachable(
        f"the mail server {name} does not answer", remedy="check AIKOM_SMTP_URL; the mail waits in the outbox"
    )
