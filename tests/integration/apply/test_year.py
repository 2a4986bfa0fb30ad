"""The year's turn on a real Keycloak: guards ask, live tokens follow, the next plan is empty, nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning.cli.configuration.imports import imports
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import read_target
from provisioning.gate.rules import Rules
from provisioning.keycloak.lookups import require_user
from provisioning.lifecycle.diagnosing import Examiner
from provisioning.lifecycle.mandates.direct_use import set_direct_use
from provisioning.planning.guards import Guard
from tests.support.edebo import as_csv
from tests.support.office import Office
from tests.support.register import records
from tests.support.year import Year, answered_map, completed_endings, merger, write_export, year

SIZE = 240


def run(office: Office, *words: str) -> None:
    result = CliRunner().invoke(imports, [*words, "--into", str(office.folder.path)])
    assert result.exit_code == 0, (result.output, result.exception)


def turn(office: Office, happened: Year, place: Path) -> None:
    """The commands of the administrators' guide, but for plan and apply."""
    newer = str(write_export(place / "newer.csv", happened.newer))
    (place / "merger.csv").write_bytes(as_csv(merger(happened)))
    map_file, endings = place / "map.yaml", place / "endings.csv"
    run(office, "authorities", str(place / "merger.csv"))
    run(office, "edebo", newer, "--draft-map", str(map_file), "--draft-deactivations", str(endings), "--dry-run")
    map_file.write_text(answered_map(map_file.read_text(encoding="utf-8"), happened), encoding="utf-8")
    endings.write_text(completed_endings(endings.read_text(encoding="utf-8-sig")), encoding="utf-8")
    run(office, "edebo", newer, "--map", str(map_file))
    run(office, "deactivations", str(endings))


def refusal(office: Office, token: str, institution: str) -> Reason | None:
    """Why the gate refuses a read of an institution's students; None when it lets it through."""
    rules = Rules(office.folder.load().protocol)
    asked = read_target("GET", f"/v1/institutions/{institution}/students")
    with office.ledger.reader() as reader:
        return Examiner(reader, rules, office.realm.settings, datetime.now(UTC)).token(token, asked).refusal


@pytest.fixture(scope="module")
def happened() -> Year:
    return year(SIZE)


@pytest.mark.assure
def test_a_year_turns_and_live_tokens_follow(office: Office, happened: Year, tmp_path: Path) -> None:
    office.folder.write(*happened.records())
    run(office, "edebo", str(write_export(tmp_path / "older.csv", happened.older)))
    office.apply({Guard.CREATES: len(office.folder.load().institutions)})
    before = records(office.folder)
    newer = {one["institution_id"]: one for one in happened.newer}
    at = {one.katottg: one.authority for one in happened.hromadas}
    mover = before[happened.moved[0]]
    losing, gaining = str(mover.superior), at[newer[happened.moved[0]]["katottg"]]
    ending = before[happened.closed[0]]
    tokens = {}
    for name in (losing, gaining, str(ending.id)):
        set_direct_use(office.actor, name, True, "own system")
        tokens[name] = office.access_token(f"api-{name}-k1", office.reveal(name))
    assert refusal(office, tokens[losing], mover.id) is None
    assert refusal(office, tokens[gaining], mover.id) is Reason.OUTSIDE_SPHERE
    assert refusal(office, tokens[ending.id], ending.id) is None

    turn(office, happened, tmp_path)
    stops = {stop.guard: stop.count for stop in office.survey().plan.stops}
    assert stops[Guard.DEACTIVATIONS] == len(happened.closed) + 2
    assert stops[Guard.UPDATES] > SIZE // 5
    office.apply(stops)
    assert refusal(office, tokens[losing], mover.id) is Reason.OUTSIDE_SPHERE
    assert refusal(office, tokens[gaining], mover.id) is None
    assert refusal(office, tokens[ending.id], ending.id) is not None

    assert office.survey().plan.is_in_sync
    assert office.unfinished() == []
    after = records(office.folder)
    assert before.keys() <= after.keys()
    for one in (*before.values(), *after.values()):
        user = require_user(office.realm.connection, one.username)
        assert user["enabled"] is (after[one.edebo_id].deactivated is None)
