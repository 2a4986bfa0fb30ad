"""An export of the national register as it really comes: with everything wrong that real ones have."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

GOOD: dict[str, Any] = {
    "institution_id": 143210,
    "institution_name": "Ліцей № 7 «Надія» імені О’Генрі",
    "short_name": "Ліцей № 7",
    "koatuu_id": "4610100000",
    "katottg": "UA46060250010015970",
    "parent_institution_id": None,
    "governance_name": "Міністерство",
    "institution_type_name": "заклад загальної середньої освіти",
    "email": "lyceum7@schools.example",
    "phone": "(032)000-00-00",
    "website": "https://lyceum7.example",
    "state_name": "працює",
}


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A good row with its own id, name and address, but for `fields`; its old code is of the new one's oblast."""
    own = {
        "institution_id": number,
        "institution_name": f"Ліцей № {number}",
        "email": f"school{number}@schools.example",
    }
    if fields.get("katottg"):
        own["koatuu_id"] = f"{fields['katottg'][2:4]}10100000"
    return {**GOOD, **own, **fields}


MESSY = [
    row(1),
    row(2, institution_name="  Лiцей\u00a0№ 2\u200b   «Мрія» "),  # a Latin i, a hard space, an invisible character
    row(3, email="a3@schools.example; b3@schools.example"),
    row(4, email="шкoла@schools.example"),
    row(5, email="-"),
    row(6, email="https://school6.example"),
    row(7, katottg="", koatuu_id="4610100000"),
    row(8, katottg=None, koatuu_id=""),
    row(9, katottg="UА46060250010015970"),  # a Cyrillic А
    row(10, governance_name="Відділ освіти, якого немає"),
    row(11, governance_name=""),
    row(12, institution_type_name="клуб за інтересами"),
    row(13, state_name="ліквідовано"),
    row(14, state_name="ще не відомо"),
    row(15),
    row(15),
    row(16),
    row(16, institution_name="Зовсім інший ліцей"),
    row(17, edrpou="2145719"),
    row(18, edrpou="немає011"),
    row(19, institution_id="не число"),
    row(20, institution_name=""),
    row(21, institution_name="Я" * 501),
    row(22, parent_institution_id=1, institution_name="Філія ліцею № 1"),
    row(23, institution_type_name="заклад дошкільної освіти", institution_name='ЯСЛА-САДОК № 23 "Сонечко"'),
    row(24, katottg="", koatuu_id=510100000),  # a spreadsheet has dropped the zero
    row(25, institution_name="=cmd|'/c calc'!A1"),
]


PEOPLE = {
    "institution_id": "Код в ЄДЕБО",
    "institution_name": "Повна назва",
    "institution_type_name": "Тип закладу",
    "koatuu_id": "Код КОАТУУ",
    "katottg": "Код КАТОТТГ",
    "parent_institution_id": "Головний заклад",
    "governance_name": "Найменування органу, до сфери управління якого належить заклад освіти",
    "email": "Електронна пошта",
    "state_name": "Статус",
    "support_name": "Опорний / Філія",
}
"""Headings of the register's interface → those of the files that it gives to people."""

COLLEGE = {
    "Назва закладу освіти": "Фаховий коледж № 31",
    "Код": 31,
    "Категорія закладу освіти": "Заклад фахової передвищої освіти",
    "Найменування органу, до сфери управління якого належить заклад освіти": "Міністерство",
    "Код КАТОТТГ (юридична)": "UA46060250010015970",
    "Електронна пошта": "college31@schools.example",
    "Дата блокування суб’єкта освітньої діяльності в ЄДЕБО": None,
}
"""A row about an institution of another kind, which has a day of closing instead of a state."""


def for_people(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows under the headings that people get."""
    return [{PEOPLE[name]: value for name, value in one.items() if name in PEOPLE} for one in rows]


def as_json(rows: list[dict[str, Any]]) -> bytes:
    """As the register's interface gives it."""
    return json.dumps(rows, ensure_ascii=False).encode()


def as_csv(rows: list[dict[str, Any]], *, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """As spreadsheets save it."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding, errors="replace")


def as_xml(rows: list[dict[str, Any]]) -> bytes:
    """One element a row."""
    body = "".join(
        "<institution>"
        + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in one.items() if v is not None)
        + "</institution>"
        for one in rows
    )
    return f'<?xml version="1.0" encoding="utf-8"?><institutions>{body}</institutions>'.encode()


def as_xlsx(rows: list[dict[str, Any]]) -> bytes:
    """As the register's site gives it: one sheet, numbers as numbers, words in the cells themselves."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = [names, *([one.get(name) for name in names] for one in rows)]
    cells = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as packed:
        for name, text in _PARTS.items():
            packed.writestr(name, text)
        packed.writestr(
            "xl/worksheets/sheet1.xml", f"{_XML}<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>"
        )
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OPEN}/spreadsheetml/2006/main"'
_KINDS = f"{_OPEN}/officeDocument/2006/relationships"


def _leads_to(kind: str, target: str) -> str:
    head = f'{_XML}<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    return f'{head}<Relationship Id="r1" Type="{_KINDS}/{kind}" Target="{target}"/></Relationships>'


_PARTS = {
    "_rels/.rels": _leads_to("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'{_XML}<workbook {_MAIN} xmlns:r="{_KINDS}"><sheets>'
    '<sheet name="Заклади освіти" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _leads_to("worksheet", "worksheets/sheet1.xml"),
}
"""What a spreadsheet has beside its sheet."""
