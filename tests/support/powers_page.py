"""The table of docs/security.md that says which process has which power, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.documents import ROOT

_HEADING = "| process | reached by | secrets | database role | Keycloak account | networks |"


@dataclass(frozen=True)
class Process:
    """A row: secrets by file name, roles of the database, accounts at Keycloak, networks."""

    secrets: frozenset[str]
    roles: frozenset[str]
    accounts: frozenset[str]
    networks: frozenset[str]


def processes() -> dict[str, Process]:
    """Name of a process, as docker-compose.yml calls it → its row."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = text.partition(_HEADING)[2].partition("\n\n")[0].splitlines()[2:]
    found: dict[str, Process] = {}
    for row in rows:
        name, _, *columns = [cell.strip() for cell in row.strip("|").split("|")]
        found[name.strip("`")] = Process(*(frozenset(re.findall(r"`([^`]+)`", cell)) for cell in columns))
    return found
