"""What the findings of registration are called, for people who read Ukrainian or English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

from provisioning.lifecycle.ois.reasons import reason_in_words
from provisioning.model.annexes import Check
from provisioning.model.jwks import KeyFault
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState
from provisioning.model.self_test import RunState
from provisioning.model.self_test_judging import SelfTestFault
from provisioning.model.text import Text
from sidecar.applications.uploads import UploadFault
from sidecar.outside.addresses import UrlFault
from sidecar.outside.fetching import FetchFault

FIELD_PROBLEMS: Final[Mapping[str, LazyString]] = {
    "required": lazy_gettext("Fill this in."),
    "too-long": lazy_gettext("This is too long."),
    "wrong-shape": lazy_gettext("This is not written as it should be; see the example."),
    "wrong-type": lazy_gettext("This has the wrong form."),
    "unknown-field": lazy_gettext("There is no such field."),
    "unknown-right": lazy_gettext("There is no such right."),
    "hidden-characters": lazy_gettext("There are characters in it that nobody sees, or spaces at an end."),
    "one-source-of-keys": lazy_gettext("Give either the address of the keys or the keys themselves."),
    "network-not-public": lazy_gettext("The network is not public, or too large."),
    "idempotency-key-reused": lazy_gettext("This key was used for another application before."),
    "slug-taken": lazy_gettext("This short name is taken; choose another one."),
}

URL_FAULTS: Final[Mapping[str, LazyString]] = {
    UrlFault.NOT_HTTPS: lazy_gettext("The address must begin with https://"),
    UrlFault.TOO_LONG: lazy_gettext("The address is too long."),
    UrlFault.NO_HOST: lazy_gettext("The address has no host name."),
    UrlFault.CREDENTIALS: lazy_gettext("The address holds a user name or a password."),
    UrlFault.FRAGMENT: lazy_gettext("The address has a part after #."),
    UrlFault.NUMERIC_HOST: lazy_gettext("The host must be a name and not a number."),
    UrlFault.BAD_HOST: lazy_gettext("The host name is not written as host names are."),
    UrlFault.BAD_PORT: lazy_gettext("The port must be 443."),
    UrlFault.STRANGE_CHARACTERS: lazy_gettext("The address holds a space or another forbidden character."),
}

FETCH_FAULTS: Final[Mapping[str, LazyString]] = {
    FetchFault.UNKNOWN_HOST: lazy_gettext("The host name is not known."),
    FetchFault.FORBIDDEN_ADDRESS: lazy_gettext("The host name leads to an address that is not public."),
    FetchFault.UNREACHABLE: lazy_gettext("Nothing answers at the address."),
    FetchFault.BAD_CERTIFICATE: lazy_gettext("The certificate is not valid for this name."),
    FetchFault.TLS_FAILED: lazy_gettext("No encrypted connection (TLS 1.2 or newer) came about."),
    FetchFault.REDIRECTED: lazy_gettext("The address leads to another one; give the final address."),
    FetchFault.NOT_OK: lazy_gettext("The answer is not 200."),
    FetchFault.TOO_LARGE: lazy_gettext("The answer is larger than 64 KB."),
    FetchFault.TOO_SLOW: lazy_gettext("The answer took too long."),
    FetchFault.BROKEN: lazy_gettext("The answer is not HTTP, or broke off."),
}

KEY_FAULTS: Final[Mapping[str, LazyString]] = {
    KeyFault.TOO_LARGE: lazy_gettext("The key set is larger than 64 KB."),
    KeyFault.NOT_JSON: lazy_gettext("The key set is not JSON."),
    KeyFault.NOT_A_SET: lazy_gettext("There is no list “keys” in the key set (RFC 7517)."),
    KeyFault.NO_KEYS: lazy_gettext("The key set is empty."),
    KeyFault.TOO_MANY: lazy_gettext("There are more than 10 keys."),
    KeyFault.NOT_A_KEY: lazy_gettext("An entry of the key set is not a key."),
    KeyFault.PRIVATE: lazy_gettext("A private key was sent. Replace it, and send only its public part."),
    KeyFault.UNKNOWN_TYPE: lazy_gettext("The type of a key must be RSA, EC or OKP."),
    KeyFault.WEAK_RSA: lazy_gettext("An RSA key must have 2048 to 8192 bits."),
    KeyFault.WEAK_EXPONENT: lazy_gettext("The public exponent of an RSA key must be 65537 or larger, and odd."),
    KeyFault.WRONG_CURVE: lazy_gettext("The curve of a key must be P-256, P-384, P-521 or Ed25519."),
    KeyFault.NO_KID: lazy_gettext("A key has no kid."),
    KeyFault.DUPLICATE_KID: lazy_gettext("Two keys have the same kid."),
    KeyFault.SAME_KEY: lazy_gettext("The same key stands there twice."),
    KeyFault.WRONG_USE: lazy_gettext("A key is not meant for signatures."),
    KeyFault.WRONG_ALG: lazy_gettext("The alg of a key does not fit it."),
}

CHECKS: Final[Mapping[Check, LazyString]] = {
    Check.TLS: lazy_gettext("Encrypted connection"),
    Check.JWKS: lazy_gettext("Key set"),
    Check.KEY_STRENGTH: lazy_gettext("Strength of the keys"),
    Check.PRIVATE_KEY_JWT: lazy_gettext("Signed assertion (private_key_jwt)"),
    Check.EXCHANGE: lazy_gettext("Token exchange"),
    Check.TOKEN_REUSE: lazy_gettext("One token for many calls"),
    Check.RETRY_AFTER: lazy_gettext("Waiting after 429"),
    Check.CUT_OFF: lazy_gettext("Stopping after a cut-off"),
    Check.TOKEN_IN_URL: lazy_gettext("No token in addresses"),
}

STATES: Final[Mapping[OisState, LazyString]] = {
    OisState.APPLIED: lazy_gettext("Applied"),
    OisState.CONNECTED: lazy_gettext("Connected"),
    OisState.SUSPENDED: lazy_gettext("Suspended"),
    OisState.REJECTED: lazy_gettext("Rejected"),
    OisState.TERMINATED: lazy_gettext("Terminated"),
}

OUTCOMES: Final[Mapping[ConclusionOutcome, LazyString]] = {
    ConclusionOutcome.POSITIVE: lazy_gettext("Positive"),
    ConclusionOutcome.REMARKS: lazy_gettext("With remarks"),
    ConclusionOutcome.NEGATIVE: lazy_gettext("Negative"),
}

UPLOAD_FAULTS: Final[Mapping[str, LazyString]] = {
    UploadFault.EMPTY: lazy_gettext("Choose a file."),
    UploadFault.TOO_LARGE: lazy_gettext("The file is larger than 10 MB."),
    UploadFault.WRONG_KIND: lazy_gettext("This is no signed document: PDF, ASiC-E or p7s is needed."),
    UploadFault.OVER_QUOTA: lazy_gettext("There is no more room for your files. Ask the Administrator."),
    UploadFault.SUSPICIOUS: lazy_gettext("The container holds what a signed document does not hold."),
}

SELF_TEST_FAULTS: Final[Mapping[str, LazyString]] = {
    SelfTestFault.NO_CALLS: lazy_gettext("No call with an exchanged token reached the sandbox's database."),
    SelfTestFault.TOO_FEW_CALLS: lazy_gettext("There were fewer than five calls, too few to tell."),
    SelfTestFault.TOKEN_PER_CALL: lazy_gettext("A new token was used although the one before was still good."),
    SelfTestFault.CALLED_TOO_EARLY: lazy_gettext("A call came before the time that Retry-After names was over."),
    SelfTestFault.DID_NOT_COME_BACK: lazy_gettext("No call came after the time that Retry-After names."),
    SelfTestFault.NOT_LIMITED: lazy_gettext("The run ended before it answered 429: make more calls."),
    SelfTestFault.NOT_CUT_OFF: lazy_gettext("The run ended before the API key was cut off: make more calls."),
    SelfTestFault.NOT_WATCHED: lazy_gettext("Another run was begun before this one had watched long enough."),
    SelfTestFault.DID_NOT_NOTICE: lazy_gettext("No call came after the cut-off, so the OIS cannot have learnt of it."),
    SelfTestFault.WENT_ON: lazy_gettext("Calls came after the time in which an OIS has to stop."),
    SelfTestFault.TOKEN_IN_URL: lazy_gettext("A token or an API key stood in an address."),
}

RUN_STATES: Final[Mapping[RunState, LazyString]] = {
    RunState.CALLING: lazy_gettext("Make five calls in a row."),
    RunState.LIMITING: lazy_gettext("Make the next call; it is answered 429."),
    RunState.LIMITED: lazy_gettext("Wait as long as Retry-After says, and call again."),
    RunState.RESUMED: lazy_gettext("Make two more calls."),
    RunState.CUTTING: lazy_gettext("Go on; the API key is being cut off."),
    RunState.WATCHING: lazy_gettext("Stop as soon as you learn of the cut-off. The run watches whether you do."),
    RunState.OVER: lazy_gettext("Over"),
}


def suspension_reason(ois: OisRecord) -> Text:
    """Say why an OIS is suspended: the system's own reasons in both languages, others as they were written."""
    return reason_in_words(ois.suspension_reason)


_TEXTS: Final = {**SELF_TEST_FAULTS, **UPLOAD_FAULTS, **FIELD_PROBLEMS, **URL_FAULTS, **FETCH_FAULTS, **KEY_FAULTS}


def found_in_words(found: str) -> LazyString | str:
    """Return what was found at an address: a fault in words, or facts as they are."""
    return _TEXTS.get(found, found)


def problem_text(code: str) -> LazyString:
    """Return the words for a code. Raises KeyError for an unknown one."""
    return _TEXTS[code]
