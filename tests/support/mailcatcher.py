"""The stack's own mail catcher inside the test process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioning.stack.mail_catcher import mail_controller
from provisioning.stack.mail_store import CaughtMail, MailStore
from provisioning.stack.ports import LOOPBACK, free_port


@dataclass(frozen=True)
class MailCatcher:
    """A mail server on the loopback address that keeps what it gets."""

    host: str
    port: int
    store: MailStore

    @property
    def url(self) -> str:
        """As AIKOM_SMTP_URL wants it."""
        return f"smtp://{self.host}:{self.port}"

    def messages(self, recipient: str | None = None) -> tuple[CaughtMail, ...]:
        """The mails so far, oldest first; those to one recipient when given."""
        return tuple(mail for mail in self.store.all() if recipient is None or recipient in mail.recipients)

    def clear(self) -> None:
        self.store.clear()


@contextmanager
def running_mail_catcher(folder: Path) -> Iterator[MailCatcher]:
    """A catcher that runs as long as the context."""
    store, port = MailStore(folder), free_port()
    controller = mail_controller(store, port)
    controller.start()
    try:
        yield MailCatcher(LOOPBACK, port, store)
    finally:
        controller.stop()
