"""Makes the secrets of the composed installation: random, once, each in a file of the folder of who needs it.

    python deploy/make_secrets.py /secrets

Owns which secrets there are and who gets them; needs nothing but Python. Safe to repeat: what is there is kept.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

DATABASE_HOST = "database"

RANDOM = (
    "database-superuser",
    "database-keycloak",
    "database-ledger-owner",
    "database-ledger",
    "database-sandbox",
    "keycloak-bootstrap",
    "sidecar-client",
    "session",
    "gate",
    "signing-key",
)
"""Secrets that are made; `programs/` keeps them all."""

SHARED = {
    "database": (
        "database-superuser",
        "database-keycloak",
        "database-ledger-owner",
        "database-ledger",
        "database-sandbox",
    ),
    "keycloak": ("database-keycloak", "keycloak-bootstrap"),
}
"""Folder → the secrets that are copied into it."""

URLS = {
    "ledger-url": ("ledger", "database-ledger", "ledger"),
    "ledger-owner-url": ("ledger_owner", "database-ledger-owner", "ledger"),
    "sandbox-url": ("sandbox", "database-sandbox", "sandbox"),
}
"""File → role, secret and database of a ledger's address."""


def make(root: Path) -> None:
    """Fill the folders below `root`, which exist."""
    programs = root / "programs"
    for name in RANDOM:
        _write(programs / name, secrets.token_urlsafe(32), mode=0o400)
    for name, (role, secret, database) in URLS.items():
        address = f"postgresql+psycopg://{role}:{_read(programs / secret)}@{DATABASE_HOST}/{database}"
        _write(programs / name, address, mode=0o400)
    for folder, names in SHARED.items():
        for name in names:
            # Another user reads it there; the volume is mounted into that one container only.
            _write(root / folder / name, _read(programs / name), mode=0o444)


def _write(path: Path, text: str, mode: int) -> None:
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(text, encoding="utf-8")
    temporary.chmod(mode)
    temporary.rename(path)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
