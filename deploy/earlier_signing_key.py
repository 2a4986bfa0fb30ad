"""Keeps the public part of a signing key that is not used any more, for AIKOM_SIGNING_KEYS_BEFORE.

    python deploy/earlier_signing_key.py SEED-FILE KEY-SET-FILE

What it signed (the list, conclusions) stays in force and must verify. Safe to repeat: a key is kept once.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def keep(seed: Path, key_set: Path) -> None:
    """Add the public part of the key with this seed to the key set."""
    text = seed.read_text(encoding="utf-8").strip()
    private = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    public = Ed25519PrivateKey.from_private_bytes(private).public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}
    known = json.loads(key_set.read_text(encoding="utf-8"))["keys"] if key_set.exists() else []
    partial = key_set.with_name(f".{key_set.name}")
    partial.write_text(json.dumps({"keys": [*(one for one in known if one != key), key]}), encoding="utf-8")
    partial.replace(key_set)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
