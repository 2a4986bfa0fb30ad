"""The year's turn without Keycloak: what people decide, what follows by itself, and that nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.configuration.imports import imports
from provisioning.registry import load_configuration
from tests.support.configuration import Folder
from tests.support.edebo import as_csv
from tests.support.register import records
from tests.support.year import Year, answered_map, completed_endings, merger, write_export, year

SIZE = 480


@pytest.fixture(scope="module")
def happened() -> Year:
    return year(SIZE)


@pytest.fixture
def folder(tmp_path: Path, happened: Year) -> Folder:
    """The configuration before the turn: all of the older export, placed without a question."""
    made = Folder(tmp_path / "realm-config")
    made.write(*happened.records())
    older = write_export(tmp_path / "older.csv", happened.older)
    result = run(made, "edebo", str(older))
    assert f"{SIZE} rows: {SIZE} were added" in " ".join(result.output.split()), result.output
    return made


def run(folder: Folder, *words: str) -> Result:
    result = CliRunner().invoke(imports, [words[0], *words[1:], "--into", str(folder.path)])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def turn(folder: Folder, happened: Year) -> dict[str, str]:
    """Do what the administrators' guide says; what each command printed."""
    place = folder.path.parent
    newer = write_export(place / "newer.csv", happened.newer)
    (place / "merger.csv").write_bytes(as_csv(merger(happened)))
    drafts = ("--draft-map", str(place / "map.yaml"), "--draft-deactivations", str(place / "endings.csv"))
    said = {"merger": run(folder, "authorities", str(place / "merger.csv")).output}
    said["draft"] = run(folder, "edebo", str(newer), *drafts, "--dry-run").output
    map_file, endings = place / "map.yaml", place / "endings.csv"
    map_file.write_text(answered_map(map_file.read_text(encoding="utf-8"), happened), encoding="utf-8")
    said["import"] = run(folder, "edebo", str(newer), "--map", str(map_file)).output
    endings.write_text(completed_endings(endings.read_text(encoding="utf-8-sig")), encoding="utf-8")
    said["endings"] = run(folder, "deactivations", str(endings)).output
    said["again"] = run(folder, "edebo", str(newer)).output
    return {name: " ".join(text.split()) for name, text in said.items()}


def test_a_handful_of_decisions_settles_a_year_in_which_hundreds_change(folder: Folder, happened: Year) -> None:
    said = turn(folder, happened)
    needed = re.search(r"(\d+) decisions would settle", said["draft"])
    assert needed is not None and int(needed[1]) == len(happened.renamed) + len(happened.several) + 1
    assert "decisions would settle" not in said["import"] + said["again"]


def test_all_that_changed_is_here_and_nothing_is_lost(folder: Folder, happened: Year) -> None:
    before = {one.id for one in folder.load().institutions}
    turn(folder, happened)
    after = folder.load().institutions
    here, by_name = records(folder), {one.name: one for one in after}
    assert before < {one.id for one in after}
    assert set(happened.founded) <= here.keys()
    authority_at = {one.katottg: one.authority for one in happened.hromadas}
    newer = {one["institution_id"]: one for one in happened.newer}
    assert all(here[number].superior == authority_at[newer[number]["katottg"]] for number in happened.moved)
    assert all(here[number].deactivated is not None for number in happened.closed)
    assert happened.merged is not None
    first, other, body = happened.merged
    merged = {one.superior for one in here.values() if one.katottg in (first.katottg, other.katottg)}
    assert merged == {by_name[body].id}
    warned = {problem.code for problem in load_configuration(folder.path).warnings}
    assert warned == set()


def test_the_same_export_again_asks_and_changes_nothing(folder: Folder, happened: Year) -> None:
    said = turn(folder, happened)
    assert re.search(
        rf"{len(happened.newer)} rows: 0 were added, 0 changed; \d+ agree with the register, 0 stay", said["again"]
    )
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    run(folder, "edebo", str(folder.path.parent / "newer.csv"))
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
