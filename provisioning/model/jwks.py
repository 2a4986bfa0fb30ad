"""Checks whether a key set from outside can be trusted with signatures. PURE.

Only public signature keys that are strong enough, each with an id of its own. Source: RFC 7517, RFC 7518, RFC 8037,
RFC 8725 3.5.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

MAX_BYTES: Final = 64 * 1024
MAX_KEYS: Final = 10
KID_CHARACTERS: Final = 200
RSA_BITS: Final = (2048, 8192)
"""Weaker is broken sooner than a conclusion runs out; longer costs whoever verifies."""

FERMAT_4: Final = 65537

_BASE64URL: Final = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?")
_PRIVATE: Final = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
_CURVES: Final[Mapping[str, frozenset[str]]] = {
    "EC": frozenset(("P-256", "P-384", "P-521")),
    "OKP": frozenset(("Ed25519",)),
}
_ALGORITHMS: Final[Mapping[str, frozenset[str]]] = {
    "RSA": frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
    "P-256": frozenset(("ES256",)),
    "P-384": frozenset(("ES384",)),
    "P-521": frozenset(("ES512",)),
    "Ed25519": frozenset(("EdDSA",)),
}


class KeyFault(StrEnum):
    """What can be wrong with a key set or one of its keys."""

    TOO_LARGE = "the key set is larger than 64 KB"
    NOT_JSON = "this is not JSON"
    NOT_A_SET = "there is no list `keys` (RFC 7517 section 5)"
    NO_KEYS = "the key set is empty"
    TOO_MANY = "there are more than 10 keys"
    NOT_A_KEY = "an entry is not a key"
    PRIVATE = "a private key was handed in: replace it, and hand in its public part only"
    UNKNOWN_TYPE = "the type of key is not RSA, EC or OKP"
    WEAK_RSA = "an RSA key needs 2048 to 8192 bits"
    WEAK_EXPONENT = "the public exponent of an RSA key must be 65537 or larger, and odd"
    WRONG_CURVE = "the curve is not P-256, P-384, P-521 or Ed25519"
    NO_KID = "a key has no `kid`"
    DUPLICATE_KID = "two keys have the same `kid`"
    SAME_KEY = "the same key stands there twice"
    WRONG_USE = "`use` or `key_ops` says that the key is not for signatures"
    WRONG_ALG = "`alg` does not fit the key"


STRENGTH_FAULTS: Final = frozenset((KeyFault.WEAK_RSA, KeyFault.WEAK_EXPONENT, KeyFault.WRONG_CURVE))
"""Those about a key's strength; the others are about the set's form."""


@dataclass(frozen=True, slots=True)
class FaultyKey:
    """One fault. `kid` names the key, None when it has no usable one or the whole set is meant."""

    fault: KeyFault
    kid: str | None = None


def jwks_faults(text: str) -> tuple[FaultyKey, ...]:
    """List all faults of a key set; empty when it can be used."""
    keys = _keys_of(text)
    if isinstance(keys, KeyFault):
        return (FaultyKey(keys),)
    found = [FaultyKey(fault, _kid(key)) for key in keys for fault in _faults_of(key)]
    found += [FaultyKey(KeyFault.DUPLICATE_KID, kid) for kid in _repeated(_kid(key) for key in keys)]
    if not found:
        found += [FaultyKey(KeyFault.SAME_KEY) for _ in _repeated(_thumbprint(key) for key in keys)]
    return tuple(dict.fromkeys(found))


def public_jwks(text: str) -> str:
    """Return a key set in canonical form: the members that matter, sorted. Raises ValueError for one with faults."""
    if jwks_faults(text):
        raise ValueError("the key set has faults")
    wanted = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
    keys = [{name: key[name] for name in wanted if name in key} | {"use": "sig"} for key in json.loads(text)["keys"]]
    return json.dumps({"keys": sorted(keys, key=lambda key: str(key["kid"]))}, sort_keys=True, separators=(",", ":"))


def _keys_of(text: str) -> list[Any] | KeyFault:
    if len(text.encode()) > MAX_BYTES:
        return KeyFault.TOO_LARGE
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return KeyFault.NOT_JSON
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list):
        return KeyFault.NOT_A_SET
    if not keys:
        return KeyFault.NO_KEYS
    return keys if len(keys) <= MAX_KEYS else KeyFault.TOO_MANY


def key_faults(key: Mapping[str, Any]) -> Iterator[KeyFault]:
    """Yield the faults of a single key, which needs no `kid`; nothing when it can be used."""
    if _PRIVATE.intersection(key):
        yield KeyFault.PRIVATE
        return
    if key.get("use", "sig") != "sig" or "verify" not in _as_list(key.get("key_ops", ["verify"])):
        yield KeyFault.WRONG_USE
    yield from _material_faults(key)


def algorithms_of(key: Mapping[str, Any]) -> frozenset[str]:
    """Return the algorithms that a key without faults may verify. Source: RFC 7518 3.1, RFC 8037 3.1."""
    return _ALGORITHMS[key["kty"] if key["kty"] == "RSA" else key["crv"]]


def _faults_of(key: Any) -> Iterator[KeyFault]:
    if not isinstance(key, dict):
        yield KeyFault.NOT_A_KEY
        return
    if _kid(key) is None and not _PRIVATE.intersection(key):
        yield KeyFault.NO_KID
    yield from key_faults(key)


def _material_faults(key: Mapping[str, Any]) -> Iterator[KeyFault]:
    kind = key.get("kty")
    if kind not in ("RSA", "EC", "OKP"):
        yield KeyFault.UNKNOWN_TYPE
        return
    # Values of any type may stand there, and not every one can be looked up in a set.
    family = kind if kind == "RSA" else str(key.get("crv"))
    if kind != "RSA" and family not in _CURVES[kind]:
        yield KeyFault.WRONG_CURVE
        return
    if "alg" in key and str(key["alg"]) not in _ALGORITHMS[family]:
        yield KeyFault.WRONG_ALG
    if kind == "RSA":
        yield from _rsa_faults(_number(key.get("n")), _number(key.get("e")))
    elif _imported(key) is None:
        yield KeyFault.NOT_A_KEY


def _rsa_faults(modulus: int | None, exponent: int | None) -> Iterator[KeyFault]:
    if modulus is None or exponent is None or modulus % 2 == 0:
        yield KeyFault.NOT_A_KEY
        return
    if not RSA_BITS[0] <= modulus.bit_length() <= RSA_BITS[1]:
        yield KeyFault.WEAK_RSA
    if exponent < FERMAT_4 or exponent % 2 == 0:
        yield KeyFault.WEAK_EXPONENT


def _number(text: Any) -> int | None:
    """A number in base64url (RFC 7518 section 2); None when it is none."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        return None
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _imported(key: Mapping[str, Any]) -> RSAKey | ECKey | OKPKey | None:
    """The key, None when its numbers are none (a point off the curve, not base64url, …)."""
    wanted = {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}
    kinds: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    try:
        imported = kinds[str(key["kty"])].import_key(wanted)
        imported.public_key  # noqa: B018 - reads the numbers, which is when a wrong point shows
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return imported


def _kid(key: Any) -> str | None:
    kid = key.get("kid") if isinstance(key, dict) else None
    usable = isinstance(kid, str) and 0 < len(kid) <= KID_CHARACTERS and kid.isprintable()
    return str(kid) if usable else None


def _thumbprint(key: Mapping[str, Any]) -> str | None:
    imported = _imported(key)
    return None if imported is None else imported.thumbprint()


def _repeated(names: Iterator[str | None]) -> Iterator[str]:
    counts = Counter(name for name in names if name is not None)
    return (name for name, count in counts.items() if count > 1)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
