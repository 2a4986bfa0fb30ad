"""What the desk calls things: reasons, kinds of request, what may be in an account's way and what to do."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext

from provisioning.ledger.proof.verification import Fault
from provisioning.lifecycle.accounts.choosing import BELOW, BY_NAME, OF_OIS
from provisioning.lifecycle.accounts.guessing import NAMES_TRIED
from provisioning.lifecycle.administrators import FIRST
from provisioning.lifecycle.applying.closing import WIDENED
from provisioning.lifecycle.applying.foreign import HELD, SWITCHED_OFF
from provisioning.lifecycle.applying.planning import GUARDED, LEFT
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.comparison.recovery import LOCKED
from provisioning.lifecycle.proposals import ProposalState
from provisioning.lifecycle.tasks.attempting import GIVEN_UP
from provisioning.model.cut_off import CUT_OFF_WORDS
from provisioning.model.events import Event
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.decisions import OisStep
from provisioning.model.institution import DeactivationReason
from provisioning.model.records import MailState
from provisioning.model.support_requests import SupportRequestKind, SupportRequestState

REASONS: Final[dict[DeactivationReason, LazyString]] = {
    DeactivationReason.LIQUIDATION: lazy_gettext("Liquidation"),
    DeactivationReason.REORGANISATION: lazy_gettext("Reorganisation"),
    DeactivationReason.INTERFERENCE: lazy_gettext("Unauthorised interference with AIKOM"),
    DeactivationReason.CYBER_INCIDENT: lazy_gettext("Cyber threat, incident or attack, or the risk of one"),
}

REQUEST_KINDS: Final[dict[SupportRequestKind, LazyString]] = {
    SupportRequestKind.SUPPORT: lazy_gettext("Support"),
    SupportRequestKind.DETAILS: lazy_gettext("Details on file to be corrected"),
    SupportRequestKind.BASE_KEY: lazy_gettext("Base key to be sent again"),
    SupportRequestKind.ENDING: lazy_gettext("Liquidation or reorganisation reported"),
}

REQUEST_STATES: Final[dict[SupportRequestState, LazyString]] = {
    SupportRequestState.OPEN: lazy_gettext("Waiting"),
    SupportRequestState.DONE: lazy_gettext("Done"),
    SupportRequestState.REFUSED: lazy_gettext("Refused"),
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

PROPOSAL_STATES: Final[dict[ProposalState, LazyString]] = {
    ProposalState.OPEN: lazy_gettext("Waiting for another administrator"),
    ProposalState.APPROVED: lazy_gettext("Approved"),
    ProposalState.REFUSED: lazy_gettext("Refused"),
    ProposalState.EXPIRED: lazy_gettext("Expired unanswered"),
}
"""What became of a proposal."""

OIS_STEPS: Final[dict[OisStep, LazyString]] = {
    OisStep.CONNECTION: lazy_gettext("Connect the OIS"),
    OisStep.TERMINATION: lazy_gettext("Terminate the connection"),
}
"""What is proposed for an OIS."""


def scope_text(scope: str) -> str:
    """Say how the accounts of a bulk were chosen, in the reader's language."""
    if scope.startswith(BELOW):
        return str(gettext("Everything below authority %(code)s", code=scope.removeprefix(BELOW)))
    if scope.startswith(OF_OIS):
        return str(gettext("All that ever gave OIS %(slug)s a mandate", slug=scope.removeprefix(OF_OIS)))
    if scope.startswith(BY_NAME):
        return str(gettext("A list of codes: %(count)s", count=scope.removeprefix(BY_NAME)))
    return scope


CUT_OFF_REASONS: Final = CUT_OFF_WORDS
"""Why a key is cut off, in both languages."""

DUTIES: Final[dict[str, LazyString]] = {
    "tasks": lazy_gettext("Carrying out what was recorded"),
    "mail": lazy_gettext("Sending mail"),
    "pull": lazy_gettext("Fetching the configuration"),
    "configuration": lazy_gettext("Applying the configuration"),
    "convergence": lazy_gettext("Holding the sign-in service to the ledger"),
    "closing": lazy_gettext("Closing access that was widened by hand"),
    "key-ageing": lazy_gettext("Ageing of API keys"),
    "key-use": lazy_gettext("Noting when API keys were used"),
    "guessing": lazy_gettext("Watching for passwords tried at many names"),
    "drift": lazy_gettext("Looking for drift: what was changed by hand"),
    "checkpoint": lazy_gettext("Verifying the ledger and keeping a checkpoint elsewhere"),
}
"""What the watch does, by the names of its duties."""

DUTY_REMEDIES: Final[dict[str, LazyString]] = {
    "tasks": lazy_gettext("See above what is refused. When the cause is put right, run provision accounts converge."),
    "mail": lazy_gettext("Correct the official e-mail in realm-config/institutions, then send the base key again."),
    "configuration": lazy_gettext("Look at provision plan. What the guard stops is let through by the exact number."),
    "guessing": lazy_gettext("Have the address blocked at the proxy; the console's events show what was tried."),
    "drift": lazy_gettext(
        "Look at provision drift. What differs is put right by provision apply; what is foreign somebody removes."
    ),
    "checkpoint": lazy_gettext("Set AIKOM_CHECKPOINT_TO and AIKOM_CHECKPOINT_KEY for provision watch."),
}
"""What a person does about what a duty leaves to people."""

_ALARMS: Final[dict[str, LazyString]] = {
    Wrong.ACCOUNT_LIVE: lazy_gettext("A deactivated account was brought back to life by hand; it is closed again."),
    Wrong.KEY_LIVE: lazy_gettext("An API key that is over was brought back to life by hand; it is closed again."),
    Wrong.KEY_UNKNOWN: lazy_gettext("There is an API key that the ledger does not know. Look at it."),
    Wrong.KEY_ALTERED: lazy_gettext(
        "An API key had a secret that the ledger did not issue; it opens nothing any more."
    ),
    Wrong.KEY_LOST: lazy_gettext("An API key or its secret was removed by hand; a new key takes its place."),
    Wrong.BASE_KEY_FOREIGN: lazy_gettext("A base key was made that the ledger did not issue; it is withdrawn."),
    WIDENED: lazy_gettext("Access was widened by hand; it is closed again. The ledger names the fields."),
    SWITCHED_OFF: lazy_gettext(
        "Another source of users, keys or clients was opened in Keycloak by hand, and is closed again."
    ),
    HELD: lazy_gettext("Somebody who is not on record as staff held a role of ours by hand, and holds it no more."),
    Wrong.SCOPE_FOREIGN: lazy_gettext("An API key opened more than its mandates; it is closed again."),
    Wrong.SCOPE_LOST: lazy_gettext("An API key had lost a mandate; it has it again."),
    Wrong.OIS_LIVE: lazy_gettext("An OIS that is not connected was switched on by hand; it is closed again."),
    Wrong.OIS_ALTERED: lazy_gettext("An OIS was altered by hand; it is as recorded again."),
    Wrong.OIS_LOST: lazy_gettext("An OIS was removed by hand and is there again; its secret must be given anew."),
    Wrong.OIS_STOPPED: lazy_gettext(
        "A connected OIS was switched off by hand. Suspend it by a decision, or resume it."
    ),
    Wrong.OIS_UNKNOWN: lazy_gettext("There is an OIS that the ledger does not know. Look at it."),
    LOCKED: lazy_gettext(
        "Alive in the ledger that was put back, disabled in the sign-in service."
        " Record its deactivation, with its paper."
    ),
    NAMES_TRIED: lazy_gettext("Wrong passwords are being tried at many names. The watch's status says from where."),
    GUARDED: lazy_gettext("A guard refuses the change of the configuration. Look at provision plan."),
    GIVEN_UP: lazy_gettext("The sign-in service refuses again and again what was recorded. Look at the watch's page."),
    FIRST: lazy_gettext("The first administrators were taken as staff.yaml names them: nobody could approve them."),
    LEFT: lazy_gettext("The configuration ends accounts. Look at provision plan, then apply it with their number."),
}


def alarm_text(event: Event) -> str:
    """Say in the reader's language what an alarm is about; one of an unknown kind, as it was recorded."""
    what = event.content.what if isinstance(event.content, AlarmRaised) else ""
    return str(_ALARMS.get(what, what))


FAULTS: Final[dict[Fault, LazyString]] = {
    Fault.EMPTY: lazy_gettext("There is not a single event."),
    Fault.GAP: lazy_gettext("Events are missing."),
    Fault.LINK: lazy_gettext("An event does not follow from the one before it."),
    Fault.CONTENT: lazy_gettext("An event was changed: its content does not give its hash."),
    Fault.UNREADABLE: lazy_gettext("An event cannot be read."),
    Fault.TIME: lazy_gettext("An event is dated before the one that it follows."),
    Fault.REWRITTEN: lazy_gettext("The chain was rewritten: a checkpoint holds another hash."),
    Fault.TRUNCATED: lazy_gettext("The end was cut off: a checkpoint vouches for more events."),
    Fault.OTHER_LEDGER: lazy_gettext("A checkpoint is of another ledger."),
    Fault.PROJECTION: lazy_gettext("The stored state is not what the events say."),
}
"""What is wrong with a ledger."""

OBLASTS: Final[dict[str, LazyString]] = {
    "00": lazy_gettext("Whole country"),
    "01": lazy_gettext("Crimea"),
    "05": lazy_gettext("Vinnytsia"),
    "07": lazy_gettext("Volyn"),
    "12": lazy_gettext("Dnipropetrovsk"),
    "14": lazy_gettext("Donetsk"),
    "18": lazy_gettext("Zhytomyr"),
    "21": lazy_gettext("Zakarpattia"),
    "23": lazy_gettext("Zaporizhzhia"),
    "26": lazy_gettext("Ivano-Frankivsk"),
    "32": lazy_gettext("Kyiv oblast"),
    "35": lazy_gettext("Kirovohrad"),
    "44": lazy_gettext("Luhansk"),
    "46": lazy_gettext("Lviv"),
    "48": lazy_gettext("Mykolaiv"),
    "51": lazy_gettext("Odesa"),
    "53": lazy_gettext("Poltava"),
    "56": lazy_gettext("Rivne"),
    "59": lazy_gettext("Sumy"),
    "61": lazy_gettext("Ternopil"),
    "63": lazy_gettext("Kharkiv"),
    "65": lazy_gettext("Kherson"),
    "68": lazy_gettext("Khmelnytskyi"),
    "71": lazy_gettext("Cherkasy"),
    "73": lazy_gettext("Chernivtsi"),
    "74": lazy_gettext("Chernihiv"),
    "80": lazy_gettext("Kyiv"),
    "85": lazy_gettext("Sevastopol"),
}
"""Oblasts by the two digits that the ids of their institutions begin with."""
