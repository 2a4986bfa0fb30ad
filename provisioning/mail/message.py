"""A mail as it is handed over: Ukrainian first, English below, as plain text and as HTML. Pure.

Its words are `templates/<template>.mail`, its frame is `frame`. A mail with the same key always has the same
Message-ID, so a receiver can tell a repetition (RFC 5322 section 3.6.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from provisioning.mail.frame import about_of, html, plain
from provisioning.mail.headers import MAIL_POLICY
from provisioning.mail.wording import Fact, worded
from provisioning.model.configuration import RealmPolicy


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one mail. `facts` fill the template; the one-time link is among them and nowhere else."""

    key: str
    template: str
    recipient: str
    facts: Mapping[str, Fact]


def compose(letter: Letter, policy: RealmPolicy, now: datetime) -> EmailMessage:
    """Return the finished message. Raises ValueError when an address or a header would carry a line break, and when
    there are no such words or a fact is missing.
    """
    wording, about = worded(letter.template, letter.facts), about_of(letter.facts)
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = wording.subject
    message["From"] = Address(policy.mail.sender_name.uk, addr_spec=policy.mail.sender)
    message["To"] = Address(addr_spec=letter.recipient)
    if policy.mail.reply_to:
        message["Reply-To"] = Address(addr_spec=policy.mail.reply_to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter.key, policy.mail.sender)
    # Keeps vacation replies away (RFC 3834 section 5).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(wording, policy, about), cte="quoted-printable")
    message.add_alternative(html(wording, policy, about), subtype="html", cte="base64")
    message["Content-Language"] = "uk, en"  # Last: what is set before becomes the first part's.
    return message


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID for a key: the same for the same key, and it does not give the key away."""
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{name}@{sender.rsplit('@', 1)[-1]}>"
