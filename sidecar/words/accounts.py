"""What the domain's values are called on pages, in the words of the order's glossary."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, lazy_gettext

from provisioning.ledger.queries.search import Flag
from provisioning.model.base_key_state import BaseKeyState
from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind
from provisioning.model.institution import Kind
from provisioning.model.records import AccountState, ApiKeyState

KINDS: Final[dict[Kind, LazyString]] = {
    Kind.AUTHORITY: lazy_gettext("Authority in the field of education"),
    Kind.PRESCHOOL: lazy_gettext("Preschool institution"),
    Kind.SCHOOL: lazy_gettext("General secondary school"),
    Kind.SPECIAL: lazy_gettext("Special school"),
    Kind.EXTRACURRICULAR: lazy_gettext("Extracurricular institution"),
    Kind.VOCATIONAL: lazy_gettext("Vocational institution"),
    Kind.PRE_HIGHER: lazy_gettext("Professional pre-higher institution"),
}

ACCOUNT_STATES: Final[dict[AccountState, LazyString]] = {
    AccountState.CREATED: lazy_gettext("Created"),
    AccountState.INVITED: lazy_gettext("Base key sent"),
    AccountState.ACTIVE: lazy_gettext("Active"),
    AccountState.DEACTIVATED: lazy_gettext("Deactivated"),
}

FLAGS: Final[dict[Flag, LazyString]] = {
    Flag.NOT_ACTIVATED: lazy_gettext("Not activated"),
    Flag.NO_OIS: lazy_gettext("No OIS"),
    Flag.KEY_ENDING: lazy_gettext("Key about to expire"),
}

KEY_STATES: Final[dict[ApiKeyState, LazyString]] = {
    ApiKeyState.BORN: lazy_gettext("Created, not revealed yet"),
    ApiKeyState.REVEALED: lazy_gettext("In use"),
    ApiKeyState.CUT_OFF: lazy_gettext("Cut off"),
    ApiKeyState.RETIRED: lazy_gettext("Replaced"),
}

BASE_KEY_STATES: Final[dict[BaseKeyState, LazyString]] = {
    BaseKeyState.NONE: lazy_gettext("None is outstanding"),
    BaseKeyState.WAITING: lazy_gettext("Its e-mail is about to be sent"),
    BaseKeyState.SENT: lazy_gettext("Sent, not used yet"),
    BaseKeyState.EXPIRED: lazy_gettext("Its time is over; ask for a new one"),
    BaseKeyState.FAILED: lazy_gettext("Its e-mail could not be delivered; check your official e-mail"),
}

ROLES: Final[dict[StaffRole, LazyString]] = {
    StaffRole.ADMINISTRATOR: lazy_gettext("Administrator"),
    StaffRole.SUPPORT: lazy_gettext("Technical support"),
    StaffRole.AUDITOR: lazy_gettext("Auditor"),
}

EVENTS: Final[dict[EventKind, LazyString]] = {
    EventKind.LEDGER_OPENED: lazy_gettext("Record opened"),
    EventKind.ACCOUNT_CREATED: lazy_gettext("Account created together with its base key and API key"),
    EventKind.ACCOUNT_UPDATED: lazy_gettext("Details on file changed"),
    EventKind.ACCOUNT_ACTIVATED: lazy_gettext("Account activated with the base key"),
    EventKind.ACCOUNT_DEACTIVATED: lazy_gettext("Account deactivated"),
    EventKind.ACCOUNT_REINSTATED: lazy_gettext("Account reinstated"),
    EventKind.ACCOUNT_UNLOCKED: lazy_gettext("Wrong passwords count anew"),
    EventKind.BASE_KEY_ISSUED: lazy_gettext("New base key issued; the one before it no longer works"),
    EventKind.BASE_KEY_SENT: lazy_gettext("Base key sent to the official e-mail"),
    EventKind.BASE_KEY_FAILED: lazy_gettext("Base key could not be sent"),
    EventKind.BASE_KEY_WITHDRAWN: lazy_gettext("Base key withdrawn"),
    EventKind.API_KEY_CREATED: lazy_gettext("API key created"),
    EventKind.API_KEY_REVEALED: lazy_gettext("API key revealed"),
    EventKind.API_KEY_REVEAL_VOIDED: lazy_gettext("API key was not shown after all; it can be revealed again"),
    EventKind.API_KEY_ENDING: lazy_gettext("API key's end planned"),
    EventKind.API_KEY_CUT_OFF: lazy_gettext("API key cut off"),
    EventKind.API_KEY_RETIRED: lazy_gettext("API key replaced by a new one"),
    EventKind.CUT_OFF_REQUESTED: lazy_gettext("Cut-off of an OIS requested"),
    EventKind.CUT_OFF_DECIDED: lazy_gettext("Cut-off of an OIS decided"),
    EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED: lazy_gettext("Agreement that an authority gives mandates changed"),
    EventKind.ACCOUNT_DIRECT_USE_CHANGED: lazy_gettext("Direct use of the API key, without an OIS, switched on or off"),
    EventKind.OIS_APPLIED: lazy_gettext("OIS applied for connection"),
    EventKind.OIS_CHANGED: lazy_gettext("Details of the OIS changed"),
    EventKind.OIS_AGREEMENT_SUBMITTED: lazy_gettext("Signed accession agreement of the OIS submitted"),
    EventKind.OIS_AGREEMENT_ACCEPTED: lazy_gettext("Accession agreement of the OIS accepted"),
    EventKind.OIS_AGREEMENT_RETURNED: lazy_gettext("Accession agreement of the OIS returned with remarks"),
    EventKind.OIS_EVIDENCE_RECORDED: lazy_gettext("Evidence on the technical requirements recorded for the OIS"),
    EventKind.OIS_CONCLUDED: lazy_gettext("Conclusion on the OIS issued"),
    EventKind.OIS_CONCLUSION_REVOKED: lazy_gettext("Conclusion on the OIS revoked"),
    EventKind.OIS_CONNECTED: lazy_gettext("OIS connected to the central database"),
    EventKind.OIS_SUSPENDED: lazy_gettext("OIS suspended"),
    EventKind.OIS_RESUMED: lazy_gettext("OIS resumed"),
    EventKind.OIS_TERMINATED: lazy_gettext("Connection of the OIS terminated"),
    EventKind.OIS_REJECTED: lazy_gettext("Application of the OIS rejected"),
    EventKind.OIS_OPERATOR_INVITED: lazy_gettext("Operator of the OIS invited to the portal"),
    EventKind.OIS_KEY_CHANGED: lazy_gettext("Keys of the OIS changed"),
    EventKind.MANDATE_GRANTED: lazy_gettext("Mandate given to an OIS"),
    EventKind.MANDATE_WITHDRAWN: lazy_gettext("Mandate of an OIS withdrawn"),
    EventKind.REQUEST_FILED: lazy_gettext("Request to the Administrator filed"),
    EventKind.REQUEST_ANSWERED: lazy_gettext("Request to the Administrator answered"),
    EventKind.REALM_CHANGED: lazy_gettext("Settings of the sign-in service changed"),
    EventKind.PROTOCOL_CHANGED: lazy_gettext("Routes of the exchange protocol changed"),
    EventKind.RIGHTS_CHANGED: lazy_gettext("Rights of institutions changed"),
    EventKind.STAFF_CHANGED: lazy_gettext("The Administrator's staff changed"),
    EventKind.ADMINISTRATORS_CHANGED: lazy_gettext("Administrators changed"),
    EventKind.DECISION_RECORDED: lazy_gettext("Decision recorded"),
    EventKind.DECISION_PROPOSED: lazy_gettext("A decision proposed, to be approved by another administrator"),
    EventKind.DECISION_REFUSED: lazy_gettext("A proposed decision refused"),
    EventKind.DECISION_EXPIRED: lazy_gettext("A proposed decision expired unanswered"),
    EventKind.ALARM_RAISED: lazy_gettext("Alarm raised"),
}
