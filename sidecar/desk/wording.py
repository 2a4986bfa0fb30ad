"""What the desk calls things: reasons, kinds of request, what may be in an account's way and what to do."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, lazy_gettext

from provisioning.model.institution import DeactivationReason
from provisioning.model.records import MailState
from provisioning.model.requests import RequestKind, RequestState

REASONS: Final[dict[DeactivationReason, LazyString]] = {
    DeactivationReason.LIQUIDATION: lazy_gettext("Liquidation"),
    DeactivationReason.REORGANISATION: lazy_gettext("Reorganisation"),
    DeactivationReason.INTERFERENCE: lazy_gettext("Unauthorised interference with AIKOM"),
    DeactivationReason.CYBER_INCIDENT: lazy_gettext("Cyber threat, incident or attack, or the risk of one"),
}

REQUEST_KINDS: Final[dict[RequestKind, LazyString]] = {
    RequestKind.SUPPORT: lazy_gettext("Support"),
    RequestKind.DETAILS: lazy_gettext("Details on file to be corrected"),
    RequestKind.BASE_KEY: lazy_gettext("Base key to be sent again"),
    RequestKind.ENDING: lazy_gettext("Liquidation or reorganisation reported"),
}

REQUEST_STATES: Final[dict[RequestState, LazyString]] = {
    RequestState.OPEN: lazy_gettext("Waiting"),
    RequestState.DONE: lazy_gettext("Done"),
    RequestState.REFUSED: lazy_gettext("Refused"),
}

MAIL_STATES: Final[dict[MailState, LazyString]] = {
    MailState.QUEUED: lazy_gettext("Waiting to be sent"),
    MailState.SENDING: lazy_gettext("Being sent"),
    MailState.SENT: lazy_gettext("Sent"),
    MailState.FAILED: lazy_gettext("Not delivered"),
}

FINDINGS: Final[dict[str, LazyString]] = {
    "deactivated": lazy_gettext("The account is deactivated: nothing works, and for an institution it stays so."),
    "mail-failed": lazy_gettext(
        "The last mail did not arrive: check the official e-mail, then send the base key again."
    ),
    "base-key-not-sent": lazy_gettext("The base key was not sent yet: the mail waits or failed."),
    "not-activated": lazy_gettext("The base key was sent and not used yet: nobody can sign in."),
    "no-live-key": lazy_gettext("There is no live API key: no OIS can work for the institution."),
    "key-not-revealed": lazy_gettext("The API key was never shown: no OIS can have it."),
    "no-mandate": lazy_gettext("No OIS has a mandate: without one an OIS is refused."),
}
"""Codes of `dossier.Dossier.findings`."""

BARS: Final[dict[str, LazyString]] = {
    "activated": lazy_gettext("Activated"),
    "key-revealed": lazy_gettext("API key in use"),
    "with-ois": lazy_gettext("Working through an OIS"),
}
"""Names of the steps in `figures`."""
