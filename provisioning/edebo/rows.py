"""Rows of an export file: which heading means what, in the register's interface and in the files it gives to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioning.edebo.forms import ExportUnreadable, read_raw
from provisioning.model.institution import Source

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("institution_id", "university_id", "код в єдебо", "код"),
    "name": ("institution_name", "university_name", "повна назва", "назва закладу освіти"),
    "type": ("institution_type_name", "university_type_name", "тип закладу", "категорія закладу освіти"),
    "katottg": (
        *("katottg", "katottgcode", "katottgcodeu", "katottg_id"),
        *("код катоттг", "код катоттг (юридична)"),
    ),
    "koatuu": ("koatuu_id", "koatuu_code", "koatuu_id_u", "код коатуу", "код коатуу (юридична)"),
    "parent": ("parent_institution_id", "university_parent_id", "головний заклад", "код головного закладу"),
    "governance": (
        *("governance_name", "university_governance_name", "university_governance_type_name"),
        "найменування органу, до сфери управління якого належить заклад освіти",
    ),
    "email": ("email", "university_email", "електронна пошта"),
    "edrpou": ("edrpou", "university_edrpou", "institution_edrpou", "код єдрпоу"),
    "state": ("state_name", "state", "institution_state_name", "status", "статус"),
    "standing": ("support_name", "опорний / філія"),
    "closed_on": ("close_date", "дата блокування суб'єкта освітньої діяльності в єдебо"),
}
"""What we read → how exports of different kinds of institution call it; the first that is there counts."""

_REQUIRED: Final = ("id", "name", "type")
_APOSTROPHES: Final = str.maketrans("’ʼ`", "'''")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; absent and empty fields are the same, but for `state`: None where the export has no such column.

    `source` has the line in CSV and in a spreadsheet, the row's number elsewhere. `standing` says that it is a branch.
    """

    source: Source
    id: str
    name: str
    type: str
    katottg: str
    koatuu: str
    parent: str
    governance: str
    email: str
    edrpou: str
    state: str | None
    standing: str
    closed_on: str


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of one file, in order. Raises ExportUnreadable when it is no export at all."""
    return _checked(path, read_raw(path, _COLUMNS["id"]))


def _checked(path: Path, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[Row]:
    first = True
    for number, raw in rows:
        fields = {_heading(key): value for key, value in raw.items() if key is not None}
        if first:
            _refuse_unless_export(path, fields)
            first = False
        read = {name: _field(fields, name) for name in _COLUMNS if name != "state"}
        state = _field(fields, "state") if any(column in fields for column in _COLUMNS["state"]) else None
        yield Row(Source(str(path), number), state=state, **read)
    if first:
        raise ExportUnreadable(f"{path} has no rows", remedy="download the export again")


def _heading(key: object) -> str:
    return " ".join(str(key).translate(_APOSTROPHES).lower().split())


def _refuse_unless_export(path: Path, fields: Mapping[str, Any]) -> None:
    missing = [_COLUMNS[key][0] for key in _REQUIRED if not any(name in fields for name in _COLUMNS[key])]
    if missing:
        raise ExportUnreadable(
            f"{path} lacks the columns {', '.join(missing)}",
            remedy="give the open export of institutions, in JSON, CSV, XML or XLSX",
        )


def _field(fields: Mapping[str, Any], name: str) -> str:
    value = next((fields[column] for column in _COLUMNS[name] if column in fields), None)
    return "" if value is None else str(value)
