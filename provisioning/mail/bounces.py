"""Delivery status notifications: which of our mails did not arrive, and why. Pure: parses what it is given.

Only mails that a server gave up on count; delays do not. A bounce is matched by our Message-ID, which cannot be
guessed; an address alone proves nothing. Source: RFC 3462, RFC 3464, RFC 3463 (status codes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from typing import Final

MAX_BYTES: Final = 1024 * 1024
"""A notification returns a mail of ours, which has a few kilobytes."""

REASON_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was given up. `message_id` is ours, with its brackets; None when the notification names none."""

    message_id: str | None
    recipient: str
    status: str
    reason: str


def read_bounces(data: bytes) -> tuple[Bounce, ...]:
    """Return the failures that a mail reports, one per recipient; none for any other kind of mail. Never raises."""
    if len(data) > MAX_BYTES:
        return ()
    report = message_from_bytes(data, policy=policy.default.clone(raise_on_defect=False))
    if not isinstance(report, EmailMessage) or report.get_content_type() != "multipart/report":
        return ()
    message_id = _returned_id(report)
    return tuple(_bounce(fields, message_id) for fields in _recipients(report) if _field(fields, "Action") == "failed")


def _recipients(report: EmailMessage) -> Iterator[Message]:
    """The groups of fields of each recipient; the first group is about the whole mail."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from (group for group in groups[1:] if isinstance(group, Message)) if isinstance(groups, list) else ()


def _bounce(fields: Message, message_id: str | None) -> Bounce:
    recipient = _field(fields, "Final-Recipient") or _field(fields, "Original-Recipient")
    status, diagnosis = _field(fields, "Status"), _last(str(fields.get("Diagnostic-Code", "")))
    reason = _printable(f"{status} {diagnosis}".strip()) or "no reason given"
    return Bounce(message_id, _printable(_last(recipient)), _printable(status), reason[:REASON_CHARACTERS])


def _returned_id(report: EmailMessage) -> str | None:
    """The Message-ID of the mail that came back, whole or as headers only."""
    for part in report.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        headers: object = None
        if kind == "text/rfc822-headers":
            headers = message_from_string(str(payload), policy=policy.compat32)
        elif kind == "message/rfc822" and isinstance(payload, list) and payload:
            headers = payload[0]
        if isinstance(headers, Message) and (found := str(headers.get("Message-ID", "")).strip()):
            return found
    return None


def _field(fields: Message, name: str) -> str:
    return str(fields.get(name, "")).strip().lower()


def _last(text: str) -> str:
    """What stands after the type, as in `rfc822; office@school.example`."""
    return text.rpartition(";")[2] if text.count(";") == 1 else text.partition(";")[2] or text


def _printable(text: str) -> str:
    """On one line and without invisible characters: other people's servers wrote it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
