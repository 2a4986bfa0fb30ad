"""One change by hand, which field of which of Keycloak's representations it is, and the count of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from tests.support.chromium import ARTIFACTS

Act = Callable[[KeycloakConnection], None]
Place = tuple[str, str]
"""An object as drift names it: its type and its name; of what the ledger decides on, `LEDGER` and the subject."""

LEDGER: Final = "ledger"
FOREIGN: Final = "foreign"
NEVER: Final = "never.written"
"""An entry that nothing of ours writes into any map."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of which class and field, of which object, and the first steps of the field's name in drift.

    `entry` names the entry of a map. Changes of different rounds exclude each other.
    """

    of: str
    field: str
    place: Place
    named: str
    act: Act
    entry: str = ""
    round: int = 0

    def is_named_by(self, fields: set[str]) -> bool:
        """Return whether one of the fields is this one, or a part of it."""
        return any(field == self.named or field.startswith(f"{self.named}.") for field in fields)


def merge(admin: KeycloakConnection, path: str, fields: Mapping[str, Any]) -> None:
    """Send an object back with other fields."""
    admin.put(path, {**admin.get(path), **fields})


def keep_count(name: str, changes: Iterable[Change], unseen: int, seconds: float) -> None:
    """Print how many changes of how many fields and kinds there were, and keep it in `.artifacts/matrix-<name>.txt`."""
    done = list(changes)
    kinds = Counter(change.of or change.field for change in done)
    fields, objects = len({(c.of, c.field) for c in done}), len({change.place for change in done})
    total = (
        f"{len(done)} changes: {len(kinds)} kinds, {fields} fields, {objects} objects, {seconds:.0f} s, {unseen} unseen"
    )
    text = "\n".join([total, *(f"{count:5} {kind}" for kind, count in sorted(kinds.items())), ""])
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / f"matrix-{name}.txt").write_text(text, encoding="utf-8")
    print(text)  # noqa: T201
