"""Every migration says which programs may go on after it, and none lets an older one in again than the one before."""

from __future__ import annotations

import re

import pytest

from provisioning.ledger.store.revisions import NEWEST, SCRIPTS

FIRST_TO_SAY = "0023"
FILES = {file.stem[1:5]: file for file in sorted((SCRIPTS / "versions").glob("v*.py"))}
SAYING = [revision for revision in FILES if revision >= FIRST_TO_SAY]


def oldest(revision: str) -> tuple[str, str]:
    """Oldest reader and oldest writer, as the file of a revision says."""
    text = FILES[revision].read_text(encoding="utf-8")
    found = dict(re.findall(r'^(OLDEST_(?:READER|WRITER)) = "(\d{4})"$', text, re.MULTILINE))
    return found["OLDEST_READER"], found["OLDEST_WRITER"]


@pytest.mark.parametrize("revision", SAYING)
def test_a_migration_names_the_oldest_programs_that_go_on(revision: str) -> None:
    reader, writer = oldest(revision)
    assert FIRST_TO_SAY <= reader <= writer <= revision


def test_an_oldest_program_never_becomes_older() -> None:
    said = [oldest(revision) for revision in SAYING]
    assert said == sorted(said)
    assert max(FILES) == NEWEST
