"""`accounts deactivate` records what YAML may repeat, and refuses the rest before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import provisioning.cli.parts
from provisioning.cli.main import cli
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.queries.endings import recorded_ending
from provisioning.lifecycle.errors import ActionRefused
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Deactivation, DeactivationReason
from tests.support.configuration_folder import Folder, school
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_names import AUTHORITY, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import SETTINGS, MovableClock

HALF_PAST_MIDNIGHT = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
"""In Kyiv, of the first of December."""

REFUSED_BY_YAML: Mapping[str, tuple[str, ...]] = {
    "a day to come": ("--date", "2031-02-28"),
    "tomorrow": ("--date", "2026-12-02"),
    "no document": ("--document", "  "),
    "a document that nobody can read": ("--document", "№ 1\u202e2"),
    "itself as successor": ("--successor", SCHOOL),
    "an unknown successor": ("--successor", "46-0000099"),
    "no id as successor": ("--successor", "nobody"),
}
NO_DAYS = ("2026-02-30", "2026-1-5", "20261130", "30.11.2026", "2026-11-30T10:00", "")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger that the command opens too, at half past midnight."""
    url, clock = f"sqlite:///{tmp_path / 'ledger.sqlite'}", MovableClock(HALF_PAST_MIDNIGHT)
    for name, value in {**SETTINGS, "AIKOM_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(provisioning.cli.parts, "open_ledger", partial(open_ledger, clock=clock))
    made = open_ledger(url, clock=clock)
    record_accounts(made)
    yield made
    made.close()


def deactivate(name: str, *more: str) -> Result:
    usual = ("--reason", "cyber-incident", "--document", "№ 12-о")
    return CliRunner().invoke(cli, ["accounts", "deactivate", name, *usual, *more])


def ending(ledger: Ledger, name: str) -> Deactivation | None:
    with ledger.reader() as reader:
        return recorded_ending(reader, Username(name))


@pytest.mark.parametrize("wrong", REFUSED_BY_YAML)
def test_the_command_refuses_what_yaml_refuses(wrong: str, ledger: Ledger) -> None:
    done = deactivate(SCHOOL, *REFUSED_BY_YAML[wrong])
    assert isinstance(done.exception, ActionRefused) and SCHOOL in done.exception.message
    assert "nothing was recorded" in done.exception.remedy
    assert ending(ledger, SCHOOL) is None


def test_a_later_account_does_not_end_before_the_earlier_one_did(ledger: Ledger) -> None:
    done = deactivate(SECOND_GENERATION, "--date", "2026-11-19")
    assert isinstance(done.exception, ActionRefused) and "2026-11-20" in done.exception.message


@pytest.mark.parametrize("day", NO_DAYS)
def test_what_is_no_day_is_not_taken_for_one(day: str, ledger: Ledger) -> None:
    done = deactivate(SCHOOL, "--date", day)
    assert done.exit_code != 0 and "is no day" in done.output
    assert ending(ledger, SCHOOL) is None


def test_without_a_date_it_is_the_day_in_kyiv(ledger: Ledger) -> None:
    deactivate(SCHOOL, "--successor", AUTHORITY)
    assert ending(ledger, SCHOOL) == Deactivation(
        DeactivationReason.CYBER_INCIDENT, "№ 12-о", date(2026, 12, 1), (InstitutionId(AUTHORITY),)
    )


def test_what_the_command_says_to_put_into_yaml_is_valid_there(ledger: Ledger, tmp_path: Path) -> None:
    done = deactivate(SCHOOL, "--successor", AUTHORITY)
    (line,) = (line.strip() for line in done.output.splitlines() if "deactivated: {" in line)
    folder = Folder(tmp_path / "config")
    text = school(2, deactivated=line.removeprefix("deactivated: ").replace(AUTHORITY, "46-0000001"))
    assert folder.institutions(text.replace("2026-12-01", "2026-05-01")) == []
