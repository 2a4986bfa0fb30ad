"""A small valid configuration folder that tests spoil in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from provisioning.registry import LoadResult, Problem, load_configuration

EXAMPLE: Final = Path(__file__).parents[2] / "realm-config"
TODAY: Final = date(2026, 6, 1)

ROOT: Final = """\
- id: "00-0000001"
  kind: authority
  name: Міністерство
  email: office@ministry.example
"""

DEPARTMENT: Final = """\
- id: "46-0000001"
  kind: authority
  name: Департамент
  authority: "00-0000001"
  email: office@department.example
"""


class Folder:
    """Single files and agreement of the example, a root authority and one below it; the test adds its own lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "institutions").mkdir(parents=True)
        for name in ("realm", "rights", "protocol", "staff", "requirements"):
            shutil.copy(EXAMPLE / f"{name}.yaml", path / f"{name}.yaml")
        shutil.copytree(EXAMPLE / "agreement", path / "agreement")
        self.write("institutions/00-root.yaml", ROOT)
        self.write("institutions/01-department.yaml", DEPARTMENT)

    def write(self, file: str, text: str | bytes) -> None:
        """Replace a file."""
        data = text if isinstance(text, bytes) else text.encode()
        (self.path / file).write_bytes(data)

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file's text; the change must change something."""
        before = (self.path / file).read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        self.write(file, after)

    def load(self) -> LoadResult:
        """Read it as on TODAY."""
        return load_configuration(self.path, today=TODAY)

    def found(self, file: str) -> list[tuple[str, int, int]]:
        """Code, line and column of each problem of one file."""
        return [
            (problem.code, problem.source.line, problem.source.column)
            for problem in self.load().problems
            if problem.source.file == file
        ]

    def institutions(self, text: str) -> list[tuple[str, int, int]]:
        """Code, line and column of what is wrong with these institutions, as a file of their own."""
        self.write("institutions/46.yaml", text)
        return self.found("institutions/46.yaml")

    def only(self) -> Problem:
        """The one problem there is."""
        (problem,) = self.load().problems
        return problem


def school(number: int = 1, **fields: str) -> str:
    """A valid school as YAML lines: id in line 1, name in 3, authority in 4, e-mail in 5; `fields` come after."""
    base = {
        "id": f'"46-{number:07d}"',
        "kind": "school",
        "name": f"Ліцей № {number}",
        "authority": '"46-0000001"',
        "email": f"school{number}@example.com",
    }
    values = {**base, **fields}
    lines = [f"{key}: {value}" for key, value in values.items() if value]
    return "- " + "\n  ".join(lines) + "\n"
