"""The secret of an API key: its form, its digest, its fingerprint, and how to find one in a text.

Form: `aikom_` + 43 base62 characters (256 random bits) + `_` + 6 base62 characters, a CRC-32 of what comes before.
Prefix and checksum let secret scanners find a leaked key on their own. Pure but for the system's randomness.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from typing import Final

from provisioning.model.secret import Secret

PREFIX: Final = "aikom_"
PATTERN: Final = r"aikom_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}"
"""Published in docs/for-ois.md for scanners. A match with a wrong checksum is not a key."""

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY: Final = 43
_CHECK: Final = 6
_FOUND: Final = re.compile(rf"(?<![0-9A-Za-z_]){PATTERN}(?![0-9A-Za-z_])")
_FINGERPRINT_HEX: Final = 12


def new_api_key() -> Secret:
    """Return a fresh secret from the system's randomness."""
    stem = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_BODY))
    return Secret(f"{stem}_{_checksum(stem)}")


def is_api_key(text: str) -> bool:
    """Return whether the whole text has the form of a key and its checksum is right."""
    return re.fullmatch(PATTERN, text) is not None and text[-_CHECK:] == _checksum(text[: -_CHECK - 1])


def find_api_keys(text: str) -> tuple[Secret, ...]:
    """Find every distinct key in a text, in order; look-alikes with a wrong checksum are passed over."""
    found = dict.fromkeys(match.group() for match in _FOUND.finditer(text) if is_api_key(match.group()))
    return tuple(Secret(key) for key in found)


def without_api_keys(text: str) -> str:
    """Replace everything in a text that has the form of a key by `[API key]`, whatever its checksum."""
    return re.sub(PATTERN, "[API key]", text)


def digest(key: Secret) -> str:
    """Return the SHA-256 in hex that Keycloak keeps. A plain hash is enough for 256 random bits (decision 5)."""
    return hashlib.sha256(key.reveal().encode()).hexdigest()


def fingerprint(key: Secret) -> str:
    """Return a short name of the key for people and the ledger, such as `3f9a-01c2-77de`; gives nothing away."""
    head = digest(key)[:_FINGERPRINT_HEX]
    return "-".join(head[start : start + 4] for start in range(0, _FINGERPRINT_HEX, 4))


def _checksum(stem: str) -> str:
    number = zlib.crc32(stem.encode())
    digits = []
    for _ in range(_CHECK):
        number, remainder = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[remainder])
    return "".join(reversed(digits))
