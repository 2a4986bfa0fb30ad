"""The codifier of places (КАТОТТГ): names of oblasts and hromadas by code, from the file that the user gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provisioning.edebo.forms import ExportUnreadable, read_raw
from provisioning.edebo.wording import toponym
from provisioning.model.identifiers import KATOTTG_PATTERN

_CODE: Final = re.compile(KATOTTG_PATTERN)


@dataclass(frozen=True, slots=True)
class Codifier:
    """Codes of hromadas by their first nine characters, of oblasts by their digits, and hromadas by oblast and stem."""

    hromadas: Mapping[str, str]
    oblasts: Mapping[str, str]
    by_stem: Mapping[tuple[str, str], frozenset[str]]


def read_codifier(path: Path) -> Codifier:
    """Read it; a row's own code is its last. Raises ExportUnreadable when there is no hromada in the file."""
    hromadas: dict[str, str] = {}
    oblasts: dict[str, str] = {}
    stems: dict[tuple[str, str], frozenset[str]] = {}
    for raw in read_raw(path, ()):
        row = raw.cells
        codes = [str(cell).strip() for cell in row.values() if cell is not None and _CODE.fullmatch(str(cell).strip())]
        if not codes:
            continue
        code = codes[-1]
        if code[4:9] == "00000":
            oblasts.setdefault(code[2:4], code)
        elif code[6:9] != "000" and code[9:14] == "00000":
            hromadas[code[:9]] = code
            name = next((str(value) for key, value in row.items() if "назва" in str(key).lower()), "")
            if (stem := toponym(name.strip().lower().replace("'", "").replace("’", ""))) is not None:
                key = (code[2:4], stem)
                stems[key] = stems.get(key, frozenset()) | {code[:9]}
    if not hromadas:
        raise ExportUnreadable(f"{path} names no hromada", remedy="give the Ministry's codifier КАТОТТГ, CSV or XLSX")
    return Codifier(hromadas, oblasts, stems)
