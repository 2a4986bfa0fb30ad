"""Imports of the register on a folder: run as people run them, and looked at by EDEBO id and code of finding."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from provisioning.cli.configuration.imports import imports
from provisioning.model.institution import Institution
from tests.support.configuration import Folder

CASES = Path(__file__).resolve().parents[1] / "data" / "register"
"""Invented rows of the kinds that once came out wrong."""

_RUNS = iter(range(10**6))


def authority(identifier: str, name: str, katottg: str | None = None, superior: str = "00-0000001") -> str:
    """One record of an authority."""
    lines = [f'- id: "{identifier}"', "kind: authority", f"name: {json.dumps(name, ensure_ascii=False)}"]
    if katottg is not None:
        lines.append(f"katottg: {katottg}")
    lines += [f'authority: "{superior}"', f"email: a{identifier.replace('-', '')}@authorities.example"]
    return "\n  ".join(lines) + "\n"


def edebo(folder: Folder, files: Iterable[Path], *options: str) -> Result:
    """`provision import edebo`."""
    return CliRunner().invoke(imports, ["edebo", *map(str, files), "--into", str(folder.path), *options])


def found_by(folder: Folder, files: Iterable[Path], *options: str) -> list[dict[str, Any]]:
    """The findings of an import that went through."""
    report = folder.path.parent / f"report-{next(_RUNS)}.json"
    result = edebo(folder, files, "--report", str(report), *options)
    assert result.exit_code == 0, (result.output, result.exception)
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return found


def codes(findings: Iterable[dict[str, Any]], weight: str | None = None) -> dict[int | None, set[str]]:
    """Codes of findings by EDEBO id."""
    result: defaultdict[int | None, set[str]] = defaultdict(set)
    for one in findings:
        if weight in (None, one["weight"]):
            result[one["edebo_id"]].add(one["code"])
    return dict(result)


def records(folder: Folder) -> dict[int | None, Institution]:
    """The configuration's institutions by EDEBO id."""
    return {one.edebo_id: one for one in folder.load().institutions}
