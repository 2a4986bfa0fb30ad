"""Rows of an export file: which heading means what, in the register's interface and in the files it gives to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provisioning.edebo.tables import Columns, read_table
from provisioning.model.institution import Source

_COLUMNS: Final[Columns] = {
    "id": ("institution_id", "university_id", "код в єдебо", "код"),
    "name": ("institution_name", "university_name", "повна назва", "назва закладу освіти"),
    "type": ("institution_type_name", "university_type_name", "тип закладу", "категорія закладу освіти"),
    "katottg": (
        *("katottg", "katottgcode", "katottgcodeu", "katottg_id"),
        *("код катоттг", "код катоттг (юридична)"),
    ),
    "koatuu": ("koatuu_id", "koatuu_code", "koatuu_id_u", "код коатуу", "код коатуу (юридична)"),
    "region": ("region_name", "region_name_u", "область", "регіон", "область (юридична)"),
    "parent": ("parent_institution_id", "university_parent_id", "головний заклад", "код головного закладу"),
    "governance": (
        *("governance_name", "university_governance_name", "university_governance_type_name"),
        "найменування органу, до сфери управління якого належить заклад освіти",
    ),
    "email": ("email", "university_email", "електронна пошта"),
    "edrpou": ("edrpou", "university_edrpou", "institution_edrpou", "код єдрпоу"),
    "state": ("state_name", "state", "institution_state_name", "status", "статус", "стан"),
    "standing": ("support_name", "опорний / філія"),
    "closed_on": ("close_date", "дата блокування суб'єкта освітньої діяльності в єдебо"),
}
"""What we read → how exports of different kinds of institution call it; the first that is there counts."""

_REQUIRED: Final = ("id", "name", "type")
_REMEDY: Final = "give the open export of institutions, in JSON, CSV, XML or XLSX"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; absent and empty fields are the same, but for `state`: None where the export has no such column.

    `source` has the line in CSV and in a spreadsheet, the row's number elsewhere. `standing` says that it is a branch,
    `fault` why its cells cannot be trusted.
    """

    source: Source
    id: str
    name: str
    type: str
    katottg: str
    koatuu: str
    region: str
    parent: str
    governance: str
    email: str
    edrpou: str
    state: str | None
    standing: str
    closed_on: str
    fault: str | None = None


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of one file, in order. Raises ExportUnreadable when it is no export at all.

    A row without a state and without a day of closing does not say whether it is open: its state is empty.
    """
    for row in read_table(path, _COLUMNS, _REQUIRED, _REMEDY):
        is_silent = row.cells["state"] is None and row.cells["closed_on"] is None
        state = "" if is_silent else row.cells["state"]
        cells = {name: row[name] for name in _COLUMNS if name != "state"}
        yield Row(row.source, state=state, fault=row.fault, **cells)
