"""What the demo plays with: a copy of the example configuration, with one institution of its own added."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from provisioning.ledger import open_ledger
from provisioning.settings import Settings

SOURCE = Path("realm-config")
COPY = Path(".aikom") / "demo" / "realm-config"
DEAD = 'deactivated: {reason: cyber-incident, document: "№ 12-о", date: 2026-01-20}'


@dataclass(frozen=True, slots=True)
class School:
    """The demo's own institution. Its id was never used before, since ids are never used again."""

    id: str

    @property
    def account(self) -> str:
        return self.id

    @property
    def key(self) -> str:
        return f"api-{self.id}-k1"

    def write(self, *lines: str, email: str | None = None) -> str:
        """Put the record into the copy, `lines` added to it; the text that was written."""
        address = email or f"demo{int(self.id[3:])}@demo.example"
        record = [
            f'- id: "{self.id}"',
            "  kind: school",
            "  name: Ліцей «Зразковий» імені О’Генрі",
            '  authority: "00-0000001"',
            f"  email: {address}",
            *(f"  {line}" for line in lines),
        ]
        text = "\n".join(record) + "\n"
        (COPY / "institutions" / "99-demo.yaml").write_text(text, encoding="utf-8")
        return text


def new_school(settings: Settings) -> School:
    """A fresh copy of the configuration and the next free id of the demo's own range, `99-…`."""
    shutil.rmtree(COPY.parent, ignore_errors=True)
    shutil.copytree(SOURCE, COPY)
    ledger = open_ledger(settings.database_url)
    with ledger.reader() as reader:
        used = {str(record.institution_id) for record in reader.accounts().values()}
    ledger.close()
    number = next(n for n in range(1, 10_000_000) if f"99-{n:07d}" not in used)
    return School(f"99-{number:07d}")
