"""The words of notices, made from their events when they are sent. Never a secret: no event holds one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.notices import EVENT
from provisioning.ledger.queries.browsing import event_numbered
from provisioning.lifecycle.ois.reasons import reason_in_words
from provisioning.mail.wording import Fact
from provisioning.model.calendar import day_in_words, moment_in_words
from provisioning.model.configuration import RightsPolicy
from provisioning.model.cut_off import CUT_OFF_WORDS
from provisioning.model.events import Content, Event, parse_time
from provisioning.model.events.accounts import (
    AccountActivated,
    AccountDeactivated,
    AccountReinstated,
    AccountUpdated,
    AuthorityGrantsChanged,
    DirectUseChanged,
)
from provisioning.model.events.actors import ActorKind, kind_of
from provisioning.model.events.api_keys import ApiKeyEnding, ApiKeyRetired, ApiKeyRevealed
from provisioning.model.events.cut_offs import CutOffRequested
from provisioning.model.events.mandates import MandateGranted, MandateWithdrawn
from provisioning.model.events.ois import OisConnected, OisSuspended
from provisioning.model.events.papers import (
    OisAgreementAccepted,
    OisAgreementReturned,
    OisConcluded,
    OisConclusionRevoked,
)
from provisioning.model.events.requests import RequestAnswered
from provisioning.model.identifiers import parse_key_client_id
from provisioning.model.notices import changed_email
from provisioning.model.ois import ConclusionOutcome, parse_ois_client_id
from provisioning.model.records import Mail
from provisioning.model.support_requests import SupportRequestState
from provisioning.model.text import Text

_BY: Final[Mapping[ActorKind, Text]] = {
    ActorKind.STAFF: Text(uk="Адміністратором", en="by the Administrator"),
    ActorKind.WATCH: Text(uk="за строком або правилом", en="by its last day or by rule"),
    ActorKind.OPERATOR: Text(uk="з кабінету ОІС", en="from the pages of the OIS"),
    ActorKind.APPLICANT: Text(uk="зі сторінки заяви ОІС", en="from the application’s page"),
}
_BY_ITSELF: Final = Text(uk="з вашого кабінету", en="from your pages")
_BY_SYSTEM: Final = Text(uk="системою", en="by the system")

_OUTCOMES: Final[Mapping[ConclusionOutcome, Text]] = {
    ConclusionOutcome.POSITIVE: Text(uk="позитивний", en="positive"),
    ConclusionOutcome.REMARKS: Text(uk="із зауваженнями", en="with remarks"),
    ConclusionOutcome.NEGATIVE: Text(uk="негативний", en="negative"),
}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_NEVER: Final = Text(uk="", en="")


def event_of(reader: LedgerReader, mail: Mail) -> Event | None:
    """Return the event that a mail tells of; None for a mail that is no notice, or whose event is gone."""
    number = mail.data.get(EVENT)
    return event_numbered(reader, number) if type(number) is int else None


def facts_of(reader: LedgerReader, event: Event, mail: Mail, rights: RightsPolicy) -> dict[str, Fact]:
    """Return what fills the words of an event's notice."""
    facts: dict[str, Fact] = {"when": moment_in_words(event.at), "by": _by(event), "reason": event.reason or ""}
    slug = parse_ois_client_id(mail.subject_account)
    if slug is None:
        account = reader.account(mail.subject_account)
        name = "" if account is None else account.name
        facts |= {"username": mail.subject_account, "institution": name or mail.subject_account}
    else:
        record = reader.ois(slug)
        facts |= {"name": slug if record is None else record.name}
    content = event.content
    return facts | (_own(reader, event, content, rights) if isinstance(content, Content) else {})


def queued_facts(mail: Mail) -> dict[str, Fact]:
    """Return what a mail was queued with, its days and moments as people write them."""
    return {name: _in_words(value) for name, value in mail.data.items() if isinstance(value, (str, int))}


def rights_in_words(names: Collection[str], policy: RightsPolicy) -> Text:
    """Return rights by what the configuration calls them; one that it has no longer by its name."""
    known = {right.name: right.description for right in policy.rights}
    found = [known.get(name, Text(uk=name, en=name)) for name in names]
    return Text(uk="; ".join(text.uk for text in found), en="; ".join(text.en for text in found))


def _own(reader: LedgerReader, event: Event, content: Content, rights: RightsPolicy) -> dict[str, Fact]:
    """What only this kind of event has."""
    facts = _of_account(content) | _of_key(event, content) | _of_ois(content, rights)
    match content:
        case MandateGranted():
            facts |= _mandate(reader, content, rights)
        case MandateWithdrawn():
            facts |= {"ois": _ois_name(reader, content.ois)}
        case RequestAnswered():
            request = reader.support_request(content.request)
            asked, done = ("" if request is None else request.text), content.outcome is SupportRequestState.DONE
            facts |= {"asked": asked, "answer": event.reason or "", "done": int(done)}
        case OisSuspended():
            facts |= {"reason_in_words": reason_in_words(event.reason)}
    return facts


def _of_account(content: Content) -> dict[str, Fact]:
    match content:
        case AccountActivated():
            at = content.activated_at.at
            return {} if at is None else {"when": moment_in_words(at)}
        case AccountDeactivated() | AccountReinstated():
            return {"document": content.document}
        case AccountUpdated():
            change = changed_email(content)
            return {} if change is None else {"before": str(change.before), "after": str(change.after)}
        case DirectUseChanged() | AuthorityGrantsChanged():
            return {"allowed": int(content.allowed)}
        case _:
            return {}


def _of_key(event: Event, content: Content) -> dict[str, Fact]:
    match content:
        case ApiKeyEnding():
            return {"client_id": event.subject, "ends": moment_in_words(content.ends_at)}
        case ApiKeyRevealed() | ApiKeyRetired():
            return {"client_id": event.subject}
        case CutOffRequested():
            return {"number": event.seq, "reason": CUT_OFF_WORDS[content.reason]}
        case _:
            return {}


def _of_ois(content: Content, rights: RightsPolicy) -> dict[str, Fact]:
    match content:
        case OisConnected():
            return {"rights": rights_in_words(content.rights, rights)}
        case OisAgreementAccepted() | OisAgreementReturned():
            return {"version": content.version}
        case OisConcluded():
            positive = content.outcome is ConclusionOutcome.POSITIVE
            facts: dict[str, Fact] = {"number": content.number, "positive": int(positive)}
            return facts | {"outcome": _OUTCOMES[content.outcome], "until": _day(content.until)}
        case OisConclusionRevoked():
            return {"number": content.number or ""}
        case _:
            return {}


def _mandate(reader: LedgerReader, content: MandateGranted, rights: RightsPolicy) -> dict[str, Fact]:
    authority = None if content.authority is None else reader.account(content.authority)
    return {
        "ois": _ois_name(reader, content.ois),
        "authority": content.authority or "" if authority is None else authority.name or authority.username,
        "contract": content.contract_number,
        "signed": day_in_words(content.contract_date),
        "rights": rights_in_words(content.rights, rights),
        "until": _day(content.until),
    }


def _by(event: Event) -> Text:
    kind = kind_of(event.actor)
    if kind is ActorKind.INSTITUTION:
        parsed, name = parse_key_client_id(event.subject), event.actor.partition(":")[2]
        owner = event.subject if parsed is None else parsed[0]
        return _BY_ITSELF if owner == name else Text(uk=f"обліковим записом {name}", en=f"by account {name}")
    return _BY_SYSTEM if kind is None else _BY.get(kind, _BY_SYSTEM)


def _in_words(value: str | int) -> Fact:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_in_words(date.fromisoformat(value))
    return moment_in_words(parse_time(value)) if isinstance(value, str) and _MOMENT.fullmatch(value) else value


def _day(day: date | None) -> Text:
    return _NEVER if day is None else day_in_words(day)


def _ois_name(reader: LedgerReader, slug: str) -> str:
    record = reader.ois(slug)
    return slug if record is None else record.name
