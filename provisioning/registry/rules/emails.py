"""Official e-mail addresses: the base key goes there, so each must be one address that mail can reach.

Source: order cl. 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error, shown, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_LOCAL_PART: Final = 64
"""Source: RFC 5321, characters before the @."""

_NOTHING: Final = frozenset({"-", "--", "—", "–", "немає", "відсутня", "відсутній", "нема", "none", "null", "n/a", "."})


class Fault(NamedTuple):
    """What is wrong with an address."""

    code: str
    message: str
    remedy: str


def email_fault(text: str) -> Fault | None:
    """Return what is wrong with an e-mail address, or None. Deliverability is not looked at: nothing is contacted."""
    if _ADDRESS.fullmatch(text) and text.index("@") <= _LOCAL_PART:
        return None
    return _placeholder(text) or _something_else(text) or _misspelt(text)


def _placeholder(text: str) -> Fault | None:
    if text.strip().lower() not in _NOTHING:
        return None
    return Fault("email-placeholder", f"“{shown(text)}” is no e-mail address", "write the official address")


def _something_else(text: str) -> Fault | None:
    """Several addresses, or the address of a web page."""
    if text.count("@") > 1 and re.search(r"[,;\s/]", text):
        remedy = "keep the official one: the base key goes to one address"
        return Fault("email-several", f"several addresses in one field: “{shown(text)}”", remedy)
    if re.match(r"(?i)https?://|www\.|mailto:", text):
        message = f"“{shown(text)}” is a web address, not an e-mail address"
        return Fault("email-url", message, "write the official e-mail address")
    return None


def _misspelt(text: str) -> Fault:
    foreign = next((character for character in text if not character.isascii()), None)
    if foreign is not None:
        message = f"“{shown(text)}” has a letter that is not Latin: “{shown(foreign)}” (U+{ord(foreign):04X})"
        return Fault("email-letters", message, "type the address again with Latin letters")
    what = "is not an e-mail address" if "@" in text else "has no @"
    return Fault("email-shape", f"“{shown(text)}” {what}", "write one address such as school@example.com")


def wrong_emails(scene: Scene) -> Iterator[Problem]:
    """Report addresses of institutions, staff and the realm that cannot work."""
    for record in scene.records:
        address = record.entry.get("email")
        if address is not None and (fault := email_fault(address)):
            yield error(fault.code, record.at("email"), fault.message, fault.remedy)
    for place, address in _other_addresses(scene):
        if fault := email_fault(address):
            yield error(fault.code, place, fault.message, fault.remedy)


def shared_emails(scene: Scene) -> Iterator[Problem]:
    """Report an address that two institutions share: its reader gets the base keys of both."""
    first: dict[str, Record] = {}
    for record in scene.records:
        address = record.entry.get("email")
        if address is None or not record.alive:
            continue
        other = first.setdefault(address.lower(), record)
        if other is not record:
            message = f"the address {shown(address)} also stands at {other.at('email')}"
            remedy = "ask the institution for an address of its own"
            yield warning("email-shared", record.at("email"), message, remedy)


def _other_addresses(scene: Scene) -> Iterator[tuple[Source, str]]:
    for item in scene.singles.staff_items:
        yield item.at("email"), item.entry.email
    realm, document = scene.singles.realm, scene.singles.realm_document
    if realm is not None:
        yield document.place(("mail", "sender")), realm.mail.sender
        yield document.place(("support", "email")), realm.support.email
        if realm.mail.reply_to is not None:
            yield document.place(("mail", "reply_to")), realm.mail.reply_to
