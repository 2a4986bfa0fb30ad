"""Signs what the Administrator publishes: the list of connected OIS and conclusions (JWS, Ed25519).

The key is a setting, so that every node signs alike; keys of earlier days stay published as long as something they have
signed is in force. Source: RFC 7515, RFC 8037, RFC 9864.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from provisioning.model.events import JsonValue, canonical_json
from provisioning.settings import Settings, SettingsError
from sidecar.doors.errors import OfficeClosed
from sidecar.doors.parts import Part

ALGORITHM: Final = "Ed25519"
"""Source: RFC 9864, which deprecates the older name `EdDSA`. The ledger's checkpoints use it too."""

_SEED_BYTES: Final = 32


class Signer:
    """Signs with the installation's key. Without a key nothing is signed, and asking for it raises OfficeClosed."""

    def __init__(self, settings: Settings) -> None:
        given = settings.get("AIKOM_SIGNING_KEY")
        self._key = None if given is None else _key(given)
        self._before = _before(settings.get("AIKOM_SIGNING_KEYS_BEFORE"))

    def sign(self, payload: JsonValue, kind: str) -> str:
        """Return a compact JWS over canonical JSON; `kind` is its `typ`. The same payload gives the same bytes.

        Raises OfficeClosed without a key.
        """
        if self._key is None:
            raise OfficeClosed("nothing can be signed", remedy="set AIKOM_SIGNING_KEY")
        header = {"alg": ALGORITHM, "kid": self._key.thumbprint(), "typ": kind}
        return jws.serialize_compact(header, canonical_json(payload), self._key, algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, Any]:
        """Return the public keys: the one that signs, and those before it."""
        keys = [key for key in (self._key, *self._before) if key is not None]
        public = [
            {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM} for key in keys
        ]
        return {"keys": public}


signer: Final = Part[Signer]("signer")


def init_signing(app: Flask, settings: Settings) -> None:
    """Let this application sign. Raises SettingsError for a key that cannot be used."""
    signer.register(app, Signer(settings))


def _key(seed: str) -> OKPKey:
    """The key from its 32 random bytes in base64url, which are its private part (RFC 8037 section 2)."""
    try:
        private = base64.urlsafe_b64decode(seed + "=" * (-len(seed) % 4))
        if len(private) != _SEED_BYTES:
            raise ValueError("wrong length")
        public = Ed25519PrivateKey.from_private_bytes(private).public_key()
    except ValueError as error:
        raise SettingsError(
            "AIKOM_SIGNING_KEY is not 32 bytes in base64url",
            remedy='make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
        ) from error
    x = base64.urlsafe_b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": seed.rstrip("="), "x": x})


def _before(text: str | None) -> tuple[OKPKey, ...]:
    if text is None:
        return ()
    try:
        given = json.loads(text)
        if given == {"keys": []}:  # Where there was no other key yet; the library takes no empty set.
            return ()
        keys = KeySet.import_key_set(given).keys
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            "AIKOM_SIGNING_KEYS_BEFORE is not a key set", remedy="copy what /.well-known/aikom-jwks.json said"
        ) from error
    return tuple(key for key in keys if isinstance(key, OKPKey) and not key.is_private)
