"""A small configuration in a folder of its own that tests may edit: the example's policy, a handful of institutions."""

from __future__ import annotations

import shutil
from pathlib import Path

from provisioning.model.configuration import Configuration
from provisioning.registry import load_configuration

EXAMPLE = Path(__file__).resolve().parents[2] / "realm-config"

MINISTRY = """
- id: "00-0000001"
  kind: authority
  name: Міністерство
  email: ministry@schools.example
"""


def school(number: int, *lines: str) -> str:
    """One record: school 46-000000N of the ministry; `lines` replace the e-mail line or follow it."""
    head = [f'- id: "46-{number:07d}"', "  kind: school", f"  name: Ліцей № {number} «Надія» імені О’Генрі"]
    body = ['  authority: "00-0000001"', *(f"  {line}" for line in lines)]
    if not any(line.startswith("email:") for line in lines):
        body.append(f"  email: school{number}@schools.example")
    return "\n".join([*head, *body]) + "\n"


class Folder:
    """A configuration folder. `write` replaces the institutions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(EXAMPLE, path, ignore=shutil.ignore_patterns("institutions", "themes"))
        (path / "institutions").mkdir()

    def write(self, *records: str) -> None:
        """The ministry and these records, in one file."""
        text = "\n".join([MINISTRY, *records])
        (self.path / "institutions" / "all.yaml").write_text(text, encoding="utf-8")

    def load(self) -> Configuration:
        """The configuration; fails the test when it is not valid."""
        result = load_configuration(self.path)
        assert result.configuration is not None, result.problems
        return result.configuration
