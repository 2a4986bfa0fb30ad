"""Makes the secrets of the composed installation: random, once, each in the folder of every process that uses it.

    python deploy/make_secrets.py /secrets

Owns which secrets there are and who gets them; each folder is a volume of its own, mounted into one service. Needs
nothing but Python. Safe to repeat: what is there is kept, and copies are made the same again.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

DATABASE_HOST = "database"
LEDGER_PARTS = ("public", "portal", "desk", "gate", "watch", "provisioning")
"""Parts with a role of their own in the ledger's database, `ledger_…`."""

ROLES = ("superuser", "keycloak", "ledger-owner", "sandbox", *(f"ledger-{part}" for part in LEDGER_PARTS))
"""Roles of the database; who makes them (`roles`) has all their passwords."""

SHARED = {
    "database-superuser": ("roles", "database"),
    "database-keycloak": ("roles", "keycloak"),
    "keycloak-bootstrap": ("keycloak", "setup"),
    "session-public": ("public",),
    "session-portal": ("portal",),
    "session-desk": ("desk",),
    "account-public": ("public", "provisioning", "watch"),
    "account-portal": ("portal", "provisioning", "watch"),
    "account-desk": ("desk", "provisioning", "watch"),
    "sidecar-client": ("provisioning", "portal", "desk", "watch"),
    "gate": ("gate",),
    "signing-key": ("public",),
    **{f"database-{role}": ("roles",) for role in ROLES if role not in ("superuser", "keycloak")},
}
"""Secret → the folders that have it; the first one keeps it, the others have copies."""

URLS = {
    "setup/ledger-url": ("ledger_owner", "ledger-owner", "ledger"),
    **{f"{part}/ledger-url": (f"ledger_{part}", f"ledger-{part}", "ledger") for part in LEDGER_PARTS},
    **{
        f"{folder}/sandbox-url": ("sandbox", "sandbox", "sandbox")
        for folder in ("provisioning", "portal", "desk", "sandbox")
    },
}
"""File → role, whose password, and database of a ledger's address."""

OTHER_USERS = ("roles", "database", "keycloak")
"""Folders that a user of another image reads; each is mounted into that service only."""

NO_KEYS_BEFORE = '{"keys": []}'
"""Public parts of earlier signing keys: no secret, and kept up by `upgrade.sh`."""


def make(root: Path) -> None:
    """Fill the folders below `root`, which exist."""
    for name, folders in SHARED.items():
        _write(root / folders[0] / name, secrets.token_urlsafe(32))
        for folder in folders[1:]:
            _write(root / folder / name, _read(root / folders[0] / name))
    for name, (role, secret, database) in URLS.items():
        password = _read(root / "roles" / f"database-{secret}")
        _write(root / name, f"postgresql+psycopg://{role}:{password}@{DATABASE_HOST}/{database}")
    _write(root / "published" / "signing-keys-before", NO_KEYS_BEFORE)


def _write(path: Path, text: str) -> None:
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(text, encoding="utf-8")
    temporary.chmod(0o444 if path.parent.name in OTHER_USERS else 0o400)
    temporary.rename(path)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
