"""Signed checkpoints: "at this moment the ledger's event N had this hash". Kept elsewhere, they catch truncation.

A compact JWS with an Ed25519 key that the database's administrators do not have. Owns the key files and the format.
Source: order cl. 12; RFC 7515, RFC 8037, RFC 9864.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from provisioning.ledger.errors import LedgerError
from provisioning.model.events import canonical_json, format_time, parse_time

ALGORITHM: Final = "Ed25519"
TYPE: Final = "aikom-checkpoint+jws"
PUBLIC_SUFFIX: Final = ".pub"


class CheckpointInvalid(LedgerError):
    """A checkpoint, or a key for checkpoints, cannot be used."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is vouched for: event `seq` of ledger `ledger_id` had `hash` when the checkpoint was made, `at` (UTC)."""

    ledger_id: str
    seq: int
    hash: str
    at: datetime


def sign(checkpoint: Checkpoint, key: OKPKey) -> str:
    """Return the checkpoint as a compact JWS, one line of ASCII."""
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
    payload = canonical_json({**asdict(checkpoint), "at": format_time(checkpoint.at)})
    return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])


def read_checkpoint(token: str, keys: Sequence[OKPKey]) -> Checkpoint:
    """Return the checkpoint in a compact JWS, signed by one of `keys`. Raises CheckpointInvalid."""
    by_id = {key.thumbprint(): key for key in keys}
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("typ") != TYPE:
            raise CheckpointInvalid("this is no checkpoint of a ledger", remedy="name the file that holds checkpoints")
        key = by_id.get(str(header.get("kid")))
        if key is None:
            raise CheckpointInvalid(
                f"a checkpoint was signed by a key that is not among those given: {header.get('kid')}",
                remedy="give the public key of whoever signed it; if nobody did, the checkpoint is forged",
            )
        found = json.loads(jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload or b"")
        return Checkpoint(found["ledger_id"], int(found["seq"]), found["hash"], parse_time(found["at"]))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise CheckpointInvalid(
            "a checkpoint is damaged or its signature is wrong", remedy="fetch it again from where it is kept"
        ) from error


def newest_token(tokens: Sequence[str]) -> str | None:
    """Return the one that claims the highest event, its signature not checked. Raises CheckpointInvalid for a damaged
    one.
    """
    return max(tokens, key=_claimed_seq, default=None)


def create_key(path: Path) -> Path:
    """Make a key: the private one at `path`, readable by its owner only, the public one beside it, whose path returns.

    Raises CheckpointInvalid when there is a file already: replacing a key would orphan its checkpoints.
    """
    key = OKPKey.generate_key("Ed25519")
    public = path.with_name(path.name + PUBLIC_SUFFIX)
    _write_new(path, key.as_dict(private=True), 0o600)
    _write_new(public, key.as_dict(private=False), 0o644)
    return public


def load_key(path: Path) -> OKPKey:
    """Return a private or public key from a JWK file. Raises CheckpointInvalid."""
    try:
        key = OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CheckpointInvalid(
            f"the key {path} cannot be read: {error.strerror}",
            remedy="make one with `provision ledger checkpoint-key`, or name the right file",
        ) from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise CheckpointInvalid(f"{path} holds no Ed25519 key", remedy="name the right file") from error
    if key.curve_name != "Ed25519":
        raise CheckpointInvalid(f"{path} holds a key of {key.curve_name}, not of Ed25519", remedy="name the right file")
    return key


def load_private_key(path: Path) -> OKPKey:
    """Return a key that can sign. Raises CheckpointInvalid."""
    key = load_key(path)
    if not key.is_private:
        raise CheckpointInvalid(f"{path} holds a public key, which cannot sign", remedy="name the private key's file")
    return key


def _claimed_seq(token: str) -> int:
    """The number in a checkpoint whose signature was not looked at yet."""
    try:
        payload = token.split(".")[1]
        return int(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["seq"])
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise CheckpointInvalid("a checkpoint is damaged", remedy="fetch it again from where it is kept") from error


def _write_new(path: Path, value: Mapping[str, object], mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    except FileExistsError as error:
        raise CheckpointInvalid(
            f"{path} exists already", remedy="keep it: checkpoints signed with it need it; or name another file"
        ) from error
    except OSError as error:
        raise CheckpointInvalid(f"{path} cannot be written: {error.strerror}", remedy="name another file") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
