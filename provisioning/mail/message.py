"""The text of a mail: Ukrainian first, English below, as plain text and as HTML. Pure.

Templates are named `<template>.txt` and `<template>.html`; the first line of the text is the subject. A mail with the
same key always has the same Message-ID, so a receiver can tell a repetition (RFC 5322 section 3.6.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from provisioning.mail.headers import MAIL_POLICY
from provisioning.model.configuration import RealmPolicy

_TEMPLATES: Final = Environment(
    loader=PackageLoader("provisioning.mail"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one mail. `facts` fill the template; the one-time link is among them and nowhere else."""

    key: str
    template: str
    recipient: str
    facts: Mapping[str, str | int]


def compose(letter: Letter, policy: RealmPolicy, now: datetime) -> EmailMessage:
    """Return the finished message. Raises ValueError when an address or a header would carry a line break."""
    facts = {**letter.facts, "brand": policy.display_name, "support": policy.support}
    subject, text = _TEMPLATES.get_template(f"{letter.template}.txt").render(facts).split("\n", 1)
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = subject
    message["From"] = Address(policy.mail.sender_name.uk, addr_spec=policy.mail.sender)
    message["To"] = Address(addr_spec=letter.recipient)
    if policy.mail.reply_to:
        message["Reply-To"] = Address(addr_spec=policy.mail.reply_to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter.key, policy.mail.sender)
    # Keeps vacation replies away (RFC 3834 section 5).
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "uk, en"
    message.set_content(text.lstrip("\n"), cte="quoted-printable")
    message.add_alternative(
        _TEMPLATES.get_template(f"{letter.template}.html").render(facts), subtype="html", cte="base64"
    )
    return message


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID for a key: the same for the same key, and it does not give the key away."""
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{name}@{sender.rsplit('@', 1)[-1]}>"
