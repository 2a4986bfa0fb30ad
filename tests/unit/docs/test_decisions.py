"""docs/decisions: numbered without a hole, and all in the index."""

from __future__ import annotations

from tests.support.documents import ROOT

FOLDER = ROOT / "docs" / "decisions"
FILES = {path.name[:4]: path for path in sorted(FOLDER.glob("[0-9]*.md"))}


def test_numbers_have_no_hole_and_head_their_file() -> None:
    numbers = sorted(path.name[:4] for path in FOLDER.glob("[0-9]*.md"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert [n for n, path in FILES.items() if not path.read_text(encoding="utf-8").startswith(f"# {int(n)}. ")] == []


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    titles = {n: path.read_text(encoding="utf-8").splitlines()[0].partition(". ")[2] for n, path in FILES.items()}
    assert [n for n, path in FILES.items() if f"| [{n}]({path.name}) | {titles[n]} |" not in index] == []
