"""How the shapes that data of each kind may have are written down, for PostgreSQL to hold each part to them."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.ledger.store.schema_powers import shape
from provisioning.model.events import canonical_json
from provisioning.model.events.catalogue import CATALOGUE


def shape_statements() -> Iterator[str]:
    """Yield the SQL by which the owner writes down the shapes of this program's types. Repeating it is safe."""
    yield f"DELETE FROM {shape.name}"  # noqa: S608 - a constant
    for kind, said in sorted(CATALOGUE.shapes().items()):
        quoted = canonical_json(said).decode().replace("'", "''")
        yield f"INSERT INTO {shape.name} VALUES ('{kind}', '{quoted}')"  # noqa: S608 - from our own types
