"""What takes back from a ledger's database that version 0024 brought, for tests that begin with an earlier version."""

from __future__ import annotations

from typing import Final

FUNCTIONS_OF_0024: Final = (
    *("ledger_event_applies", "ledger_moment", "ledger_canonical", "ledger_fits"),
    *(f"ledger_apply_{noun}" for noun in ("account", "api_key", "ois", "mandate", "request")),
)


def without_0024(on_postgresql: bool) -> list[str]:
    """Statements for the owner."""
    functions = [f"DROP FUNCTION {name} CASCADE" for name in FUNCTIONS_OF_0024] if on_postgresql else []
    return ["DROP TABLE ledger_shape", *functions]
