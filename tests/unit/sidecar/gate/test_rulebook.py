"""Which routes are in force when files change under a running gate."""

from __future__ import annotations

from pathlib import Path

from sidecar.gate.rulebook import Rulebook
from tests.support.gate_running import configuration


def test_a_change_comes_into_force_and_a_mistake_changes_nothing(tmp_path: Path) -> None:
    folder = configuration(tmp_path, 50)
    book = Rulebook(folder)
    assert (book.rules, book.policy) == (None, None)
    book.look()
    first = book.rules
    assert first is not None
    assert book.policy is not None
    assert book.policy.institution.per_second == 50
    book.look()
    assert book.rules is first, "unchanged files are not read again"
    protocol = folder / "protocol.yaml"
    good = protocol.read_text(encoding="utf-8")
    protocol.write_text(good.replace("right: reports.read", "right: reports.raed"), encoding="utf-8")
    book.look()
    assert book.rules is first
    protocol.write_text(good.replace("/reports", "/accounts"), encoding="utf-8")
    book.look()
    assert book.rules is not None
    assert book.rules.checksum != first.checksum
    protocol.unlink()
    book.look()
    assert book.rules.checksum != first.checksum


def test_a_folder_that_is_not_there_yet_lets_nothing_through(tmp_path: Path) -> None:
    book = Rulebook(tmp_path / "none")
    book.look()
    assert book.rules is None
