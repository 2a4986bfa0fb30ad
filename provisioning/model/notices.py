"""Which events have a mail to whom, and why the others have none. Pure.

A notice is queued in the transaction that records its event, so it is there exactly when the event is. It holds the
event's number and nothing else; its words are made when it is sent. Every kind of event has its line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioning.model.events import Event, EventKind
from provisioning.model.events.accounts import AccountUpdated, FieldChanged
from provisioning.model.events.actors import ActorKind, kind_of
from provisioning.model.events.api_keys import ApiKeyEnding, ApiKeyRetired
from provisioning.model.events.cut_offs import CutOffRequested
from provisioning.model.events.mandates import MandateGranted

BY_AUTHORITY_MAIL: Final = "mandate-by-authority"


class Recipient(StrEnum):
    """Whose official e-mail a notice goes to."""

    ACCOUNT = "the account that the event is about"
    KEY_OWNER = "the account whose API key it is"
    OPERATOR = "the operator of the OIS"
    FILER = "the account that filed the request"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail of an event's own: whom it goes to, and its words in `provisioning/mail/templates/`."""

    to: Recipient
    template: str


NOTICES: Final[Mapping[EventKind, Notice]] = {
    EventKind.ACCOUNT_UPDATED: Notice(Recipient.ACCOUNT, "account-email-changed"),
    EventKind.ACCOUNT_ACTIVATED: Notice(Recipient.ACCOUNT, "account-activated"),
    EventKind.ACCOUNT_DEACTIVATED: Notice(Recipient.ACCOUNT, "account-deactivated"),
    EventKind.ACCOUNT_REINSTATED: Notice(Recipient.ACCOUNT, "account-reinstated"),
    EventKind.ACCOUNT_DIRECT_USE_CHANGED: Notice(Recipient.ACCOUNT, "direct-use-changed"),
    EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED: Notice(Recipient.ACCOUNT, "authority-grants-changed"),
    EventKind.API_KEY_REVEALED: Notice(Recipient.KEY_OWNER, "key-revealed"),
    EventKind.API_KEY_ENDING: Notice(Recipient.KEY_OWNER, "key-rotated"),
    EventKind.API_KEY_RETIRED: Notice(Recipient.KEY_OWNER, "key-retired"),
    EventKind.CUT_OFF_REQUESTED: Notice(Recipient.ACCOUNT, "cut-off-requested"),
    EventKind.MANDATE_GRANTED: Notice(Recipient.ACCOUNT, "mandate-granted"),
    EventKind.MANDATE_WITHDRAWN: Notice(Recipient.ACCOUNT, "mandate-withdrawn"),
    EventKind.REQUEST_ANSWERED: Notice(Recipient.FILER, "request-answered"),
    EventKind.OIS_CHANGED: Notice(Recipient.OPERATOR, "ois-changed"),
    EventKind.OIS_AGREEMENT_ACCEPTED: Notice(Recipient.OPERATOR, "agreement-accepted"),
    EventKind.OIS_AGREEMENT_RETURNED: Notice(Recipient.OPERATOR, "agreement-returned"),
    EventKind.OIS_CONCLUDED: Notice(Recipient.OPERATOR, "ois-concluded"),
    EventKind.OIS_CONCLUSION_REVOKED: Notice(Recipient.OPERATOR, "ois-conclusion-revoked"),
    EventKind.OIS_CONNECTED: Notice(Recipient.OPERATOR, "ois-connected"),
    EventKind.OIS_SUSPENDED: Notice(Recipient.OPERATOR, "ois-suspended"),
    EventKind.OIS_RESUMED: Notice(Recipient.OPERATOR, "ois-resumed"),
    EventKind.OIS_TERMINATED: Notice(Recipient.OPERATOR, "ois-terminated"),
    EventKind.OIS_REJECTED: Notice(Recipient.OPERATOR, "ois-rejected"),
    EventKind.OIS_KEY_CHANGED: Notice(Recipient.OPERATOR, "ois-key-changed"),
}
"""Kinds of events that have a notice, each event of them unless `template_of` says otherwise."""

MAILED_OTHERWISE: Final[Mapping[EventKind, tuple[str, ...]]] = {
    EventKind.ACCOUNT_CREATED: ("base-key",),
    EventKind.BASE_KEY_ISSUED: ("base-key",),
    EventKind.CUT_OFF_DECIDED: ("key-cut-off", "key-leaked", "cut-off-refused"),
    EventKind.API_KEY_CUT_OFF: ("key-cut-off", "key-leaked"),
    EventKind.OIS_OPERATOR_INVITED: ("operator-invitation",),
    EventKind.STAFF_CHANGED: ("staff-invitation",),
}
"""Kinds whose mail is queued with what follows from them: it carries a link, or speaks of several events at once."""

UNSENT: Final[Mapping[EventKind, str]] = {
    EventKind.LEDGER_OPENED: "it is about the record itself",
    EventKind.ACCOUNT_UNLOCKED: "it opens nothing; who asked for it is on the telephone",
    EventKind.BASE_KEY_SENT: "it says that a mail was sent",
    EventKind.BASE_KEY_FAILED: "there is no address that works; the desk and the authority see it",
    EventKind.BASE_KEY_WITHDRAWN: "a new one follows, or the account's end, and both have their mail",
    EventKind.API_KEY_CREATED: "nothing opens before it is shown; rotation, cut-off and expiry have their mails",
    EventKind.API_KEY_REVEAL_VOIDED: "no secret was shown, and the page says so",
    EventKind.OIS_APPLIED: "its link was mailed before, and was just opened",
    EventKind.OIS_AGREEMENT_SUBMITTED: "who hands it in sees it on the page; the answer has its mail",
    EventKind.OIS_EVIDENCE_RECORDED: "the conclusion sums it up and has its mail",
    EventKind.REQUEST_FILED: "the page confirms it; the answer has its mail",
    EventKind.REALM_CHANGED: "it concerns no account",
    EventKind.PROTOCOL_CHANGED: "it concerns no account",
    EventKind.RIGHTS_CHANGED: "it concerns kinds of institutions; what is given by an OIS's mandate has its mail",
    EventKind.ADMINISTRATORS_CHANGED: "two administrators decide it at the desk, where it is shown",
    EventKind.DECISION_RECORDED: "what is decided has events of its own",
    EventKind.DECISION_PROPOSED: "the desk shows it to those who may approve",
    EventKind.DECISION_REFUSED: "the desk shows it; nothing changed",
    EventKind.DECISION_EXPIRED: "the desk shows it; nothing changed",
    EventKind.ALARM_RAISED: "it is for those who operate the system: watch, metrics, desk",
}
"""Kinds without a mail, and why."""


def template_of(event: Event) -> str | None:
    """Return the words of an event's notice; None for one that has none."""
    notice = NOTICES.get(event.kind) if isinstance(event.kind, EventKind) else None
    if notice is None or _is_said_otherwise(event):
        return None
    by_authority = isinstance(event.content, MandateGranted) and event.content.authority is not None
    return BY_AUTHORITY_MAIL if by_authority else notice.template


def _is_said_otherwise(event: Event) -> bool:
    match event.content:
        case AccountUpdated() as updated:
            return changed_email(updated) is None
        case ApiKeyEnding(why=why):
            return why is not None  # Announced ahead in steps, as `key-expiring`.
        case ApiKeyRetired():
            # The end that `key-rotated` named; `key-expired` where no other key is left.
            return kind_of(event.actor) is ActorKind.WATCH
        case CutOffRequested(waits=waits):
            return not waits  # Carried out at once.
        case _:
            return False


def changed_email(updated: AccountUpdated) -> FieldChanged | None:
    """Return the change of the official e-mail; None where it stayed."""
    return next((change for change in updated.changes if change.field == "email"), None)
