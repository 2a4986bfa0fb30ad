"""The duty that forgets old counts: as long as realm.yaml says, and not at all without it. Order cl. 12."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioning.ledger import open_ledger
from provisioning.ledger.operational.access import add_counts, counts
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from provisioning.settings import Settings
from provisioning.watch.duties import keep_access_counts
from provisioning.watch.duty import NOTHING
from provisioning.watch.leadership import Leadership
from tests.support.configuration import Folder

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCHOOL = InstitutionId("46-0000001")


@pytest.fixture
def leadership(tmp_path: Path) -> Iterator[Leadership]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", clock=lambda: NOW)
    with ledger.aside() as connection:
        for days in (1, 364, 366, 800):
            at = NOW - timedelta(days=days)
            add_counts(connection, [AccessCount(at, SCHOOL, SCHOOL, "", "students.read", 1, 0, None, at)])
    yield Leadership(Settings({}), ledger)
    ledger.close()


def test_counts_are_kept_as_long_as_the_configuration_says(leadership: Leadership, tmp_path: Path) -> None:
    assert keep_access_counts(leadership) == NOTHING, "nobody has said how long"
    leadership.configuration = Folder(tmp_path / "realm-config").load()
    assert keep_access_counts(leadership).facts == {"rows-deleted": 2}
    assert keep_access_counts(leadership) == NOTHING
    with leadership.ledger.reader() as reader:
        assert len(list(counts(reader, NOW - timedelta(days=4000), NOW))) == 2
