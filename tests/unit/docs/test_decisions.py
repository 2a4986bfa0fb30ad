"""docs/decisions: numbered without a hole, all in the index, and every one that a source file names exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.documents import ROOT

FOLDER = ROOT / "docs" / "decisions"
FILES = {path.name[:4]: path for path in sorted(FOLDER.glob("[0-9]*.md"))}
SOURCES = ("*.py", "*.java", "*.xml", "*.md", "*.yml", "*.yaml", "*.ftl", "*.sh")


def test_numbers_have_no_hole_and_head_their_file() -> None:
    assert list(FILES) == [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    assert [n for n, path in FILES.items() if not path.read_text(encoding="utf-8").startswith(f"# {int(n)}. ")] == []


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    titles = {n: path.read_text(encoding="utf-8").splitlines()[0].partition(". ")[2] for n, path in FILES.items()}
    assert [n for n, path in FILES.items() if f"| [{n}]({path.name}) | {titles[n]} |" not in index] == []


def test_a_decision_that_is_referred_to_exists() -> None:
    named: dict[str, Path] = {}
    for folder in ("provisioning", "sidecar", "tests", "keycloak-extension", "docs", "examples", "bench", "realm-config"):
        for pattern in SOURCES:
            for path in (ROOT / folder).rglob(pattern):
                for number in re.findall(r"decisions/(\d{4})", path.read_text(encoding="utf-8")):
                    named[number] = path
    assert {number: path for number, path in named.items() if number not in FILES} == {}
