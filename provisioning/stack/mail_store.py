"""Caught mails as files, one per Message-ID: a mail sent twice under one Message-ID is one mail, counted twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from typing import BinaryIO, Final

from provisioning.stack.paths import PRIVATE_FILE

_SUFFIX: Final = ".eml"
_ENVELOPE: Final = "X-Caught-Recipients"
_TIME: Final = "X-Caught-At"


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail. `recipients` are those of the envelope; `deliveries` counts how often it arrived."""

    message: EmailMessage
    recipients: tuple[str, ...]
    caught_at: datetime
    deliveries: int

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"] or "").strip()

    @property
    def text(self) -> str:
        """The plain-text part, or the HTML one when there is no other."""
        part = self.message.get_body(preferencelist=("plain", "html"))
        return "" if part is None else str(part.get_content())


class MailStore:
    """A folder of caught mails. Several processes may read it while one writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, content: bytes, recipients: tuple[str, ...], now: datetime) -> None:
        """Keep a mail, or count one more delivery of it. The files are readable by their owner only."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        message = BytesParser(policy=default_policy).parsebytes(content, headersonly=True)
        identity = str(message["Message-ID"] or "").strip().encode() or content
        name = hashlib.sha256(identity).hexdigest()[:32]
        with self._open(f"{name}.count", os.O_APPEND) as count:
            os.write(count.fileno(), b"+")
        path = self._folder / f"{name}{_SUFFIX}"
        if path.exists():
            return
        head = f"{_TIME}: {now.astimezone(UTC).isoformat()}\r\n{_ENVELOPE}: {', '.join(recipients)}\r\n"
        with self._open(f".{name}", os.O_TRUNC) as file:
            file.write(head.encode("utf-8") + content)
        (self._folder / f".{name}").rename(path)

    def all(self) -> tuple[CaughtMail, ...]:
        """Return every mail, oldest first."""
        return tuple(sorted(self._read_all(), key=lambda mail: mail.caught_at))

    def clear(self) -> None:
        """Forget every mail."""
        for path in self._folder.glob("*"):
            path.unlink(missing_ok=True)

    def _read_all(self) -> Iterator[CaughtMail]:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            message = BytesParser(policy=default_policy).parsebytes(path.read_bytes())
            caught_at = datetime.fromisoformat(str(message[_TIME]))
            recipients = tuple(part.strip() for part in str(message[_ENVELOPE]).split(","))
            del message[_TIME], message[_ENVELOPE]
            deliveries = path.with_suffix(".count").stat().st_size
            yield CaughtMail(message, recipients, caught_at, deliveries)

    def _open(self, name: str, flags: int) -> BinaryIO:
        return os.fdopen(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | flags, PRIVATE_FILE), "wb")
