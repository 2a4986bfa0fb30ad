"""The invented country: of the real size, with the real namesakes, true to itself, the same for the same seed."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.invented.authorities import Authority, authorities
from bench.invented.files import AUTHORITIES, CODIFIER, CONFIGURATION, KOATUU, OLDER, OLDER_TRUTH, write_invented
from bench.invented.later import BODIES, EMAILS, GONE, LIQUIDATED, NAMES, NEW, STATES, later
from bench.invented.places import HROMADAS, NAMESAKES, OBLASTS, WITHOUT_COUNTERPART, Codifier, Hromada, codifier
from bench.invented.register import OTHER_KINDS, SCHOOLS, Register
from bench.invented.rows import COLUMNS, TRUTH, Row
from provisioning.edebo.places import read_places
from provisioning.edebo.rows import read_rows
from provisioning.model.identifiers import KATOTTG_PATTERN
from provisioning.registry import load_configuration

SEED = 5
SMALL = 0.05


@dataclass(frozen=True)
class Country:
    places: Codifier
    known: tuple[Authority, ...]
    older: list[Row]
    newer: list[Row]


@pytest.fixture(scope="module")
def country() -> Country:
    """At the real size."""
    places = codifier(SEED)
    known = authorities(SEED, places)
    register = Register(places, known, SEED)
    older = [*register.schools(SCHOOLS), *register.others(OTHER_KINDS)]
    return Country(places, known, older, later(register, older, SEED))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("invented")
    write_invented(made, SEED, SMALL)
    return made


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _codes(places: Codifier) -> list[str]:
    hromadas = [
        code
        for hromada in places.hromadas
        for code in (hromada.code, *(s.code for s in hromada.settlements), *(d.code for d in hromada.districts))
    ]
    return [*places.oblasts.values(), *(r.code for r in places.raions), *hromadas, *(d.code for d in places.kyiv)]


def test_there_are_as_many_places_and_namesakes_as_in_life(country: Country) -> None:
    places = country.places
    assert len(places.hromadas) == HROMADAS
    shared = places.namesakes().values()
    assert sum(map(len, shared)) == NAMESAKES
    within = [group for group in shared if len({h.oblast for h in group}) < len(group)]
    assert within
    assert all(len({h.raion.code for h in group}) == len(group) for group in within)
    assert 30_000 < len(_codes(places)) < 33_000


def test_codes_of_places_have_the_shape_and_stand_once(country: Country) -> None:
    codes = _codes(country.places)
    assert len(codes) == len(set(codes))
    assert [code for code in codes if not re.fullmatch(KATOTTG_PATTERN, code)] == []
    legacy = [s.legacy for h in country.places.hromadas for s in h.settlements]
    assert len(legacy) == len(set(legacy))
    assert [code for code in legacy if not re.fullmatch(r"\d{10}", code)] == []
    assert len(country.places.without) == round(WITHOUT_COUNTERPART * len(legacy))


def test_a_place_lies_in_its_raion_and_oblast_by_its_code(country: Country) -> None:
    for hromada in country.places.hromadas:
        assert hromada.code[2:4] == hromada.oblast == hromada.raion.oblast
        assert hromada.raion.code[:6] == hromada.code[:6]
        assert {s.code[:9] for s in hromada.settlements} == {hromada.code[:9]}
        assert {s.legacy[:2] for s in hromada.settlements} == {hromada.oblast}


def test_authorities_that_are_not_configured_have_configured_namesakes_everywhere(country: Country) -> None:
    out = [a.place for a in country.known if not a.configured]
    assert len(out) == 70
    configured = {(a.place.name.stem, a.oblast) for a in country.known if a.configured and isinstance(a.place, Hromada)}
    stems = {stem for stem, _ in configured}
    missing = [place for place in out if isinstance(place, Hromada)]
    assert sum(place.name.stem in stems for place in missing) >= 25
    assert sum((place.name.stem, place.oblast) in configured for place in missing) >= 4


@pytest.mark.parametrize("which", ["older", "newer"])
def test_truth_agrees_with_the_place(country: Country, which: str) -> None:
    by_id = {authority.id: authority for authority in country.known}
    rows: list[Row] = getattr(country, which)
    for row in rows:
        body = row.body
        if not body.authority:
            continue
        authority = by_id[body.authority]
        assert authority.configured
        if body.form in ("oblast", "oblast-council"):
            assert authority.oblast == row.oblast
            assert authority.level == "oblast"
        elif body.form in ("neighbour", "merged"):
            assert isinstance(authority.place, Hromada)
            assert isinstance(row.place, Hromada)
            assert authority.place.raion == row.place.raion
            assert not body.sure
        elif body.form == "elsewhere":
            assert authority.oblast != row.oblast
            assert not body.sure
        elif body.form != "ministry":
            assert authority.place == row.place


def test_codes_of_a_row_are_those_of_its_oblast(country: Country) -> None:
    for row in country.newer:
        assert row.katottg in ("",) or row.katottg[2:4] == row.oblast
        assert row.koatuu in ("",) or row.koatuu.zfill(10)[:2] == row.oblast
        assert row.region == "м. Київ" if row.oblast == "80" else row.region == OBLASTS[row.oblast] + "а область"


@pytest.mark.parametrize("which", ["older", "newer"])
def test_a_careful_person_can_place_95_of_100_rows_that_have_an_authority(country: Country, which: str) -> None:
    rows: list[Row] = getattr(country, which)
    belonging = [row for row in rows if row.body.authority]
    assert 0.9 < len(belonging) / len(rows) < 0.96
    assert sum(row.body.sure for row in belonging) / len(belonging) >= 0.95


def test_a_text_that_is_sure_means_one_authority_at_its_place(country: Country) -> None:
    meant: defaultdict[tuple[str, object], set[str]] = defaultdict(set)
    for row in (*country.older, *country.newer):
        if row.body.sure:
            meant[row.body.text, row.place].add(row.body.authority)
    assert [found for found in meant.values() if len(found) > 1] == []


def test_bodies_are_mostly_written_otherwise_than_configured(country: Country) -> None:
    names = {authority.id: authority.name for authority in country.known}
    belonging = [row.body for row in country.older if row.body.authority]
    same = sum(body.text == names[body.authority] for body in belonging)
    assert 0.05 < same / len(belonging) < 0.2
    forms = Counter(body.form for body in belonging)
    assert len(forms) >= 20
    assert max(forms.values()) / len(belonging) < 0.25


def test_the_same_name_is_written_for_several_authorities(country: Country) -> None:
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for row in country.older:
        meant[row.body.text].add(row.body.authority)
    assert sum(len(found) > 1 for found in meant.values()) > 8


def test_eight_months_change_what_they_change_in_life(country: Country) -> None:
    older = {row.id: row for row in country.older}
    newer = {row.id: row for row in country.newer}
    assert len(older) == len(country.older) == SCHOOLS + OTHER_KINDS
    assert len(newer) == len(country.newer)
    assert len(newer.keys() - older.keys()) == NEW
    assert len(older.keys() - newer.keys()) == GONE
    pairs = [(row, newer[number]) for number, row in older.items() if number in newer]
    assert sum(a.name != b.name for a, b in pairs) == NAMES
    assert sum(a.email != b.email for a, b in pairs) == EMAILS
    assert sum(a.state != b.state for a, b in pairs) == STATES
    assert sum(a.state != "ліквідовано" == b.state for a, b in pairs) == LIQUIDATED
    moved = [(a.body, b.body) for a, b in pairs if a.body.text != b.body.text]
    assert len(moved) == pytest.approx(BODIES, abs=3)
    assert sum(bool(a.authority) and not b.authority for a, b in moved) > 100
    assert sum(bool(b.authority) and a.authority != b.authority for a, b in moved) > 80
    assert sum(bool(a.authority) and a.authority == b.authority for a, b in moved) > 400


def test_names_and_addresses_have_the_quirks_of_real_ones(country: Country) -> None:
    names = [row.name for row in country.newer]
    assert 250 < max(map(len, names)) <= 340
    assert 1_800 < sum(len(name.encode()) > 255 for name in names) < 3_400
    assert sum(bool(re.search(r"[a-z][а-яії]|[а-яії][a-z]", name)) for name in names) > 150
    addresses = [row.email for row in country.newer]
    assert 0.03 < sum("@" not in address for address in addresses) / len(addresses) < 0.06
    assert any(", " in address for address in addresses)
    assert any(address.endswith((";", ".")) for address in addresses)
    assert any(row.parent for row in country.newer)


def test_the_same_seed_writes_the_same_files_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    write_invented(tmp_path / "again", SEED, SMALL)
    write_invented(tmp_path / "other", SEED + 1, SMALL)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert [str(f) for f in files if (folder / f).read_bytes() != (tmp_path / "again" / f).read_bytes()] == []
    assert (folder / OLDER).read_bytes() != (tmp_path / "other" / OLDER).read_bytes()


def test_its_files_are_read_by_the_importer(folder: Path) -> None:
    rows = list(read_rows(folder / OLDER))
    truth = _read(folder / OLDER_TRUTH)
    assert [row.id for row in rows] == [line["id"] for line in truth]
    assert list(truth[0]) == list(TRUTH)
    assert list(_read(folder / OLDER)[0]) == list(COLUMNS)
    assert any(row.governance and row.koatuu and row.katottg and row.state for row in rows)
    codes = {cell for line in _read(folder / CODIFIER) for cell in line.values() if cell.startswith("UA")}
    assert set(read_places(folder / KOATUU).values()) <= codes


def test_its_configuration_is_valid_and_holds_the_listed_authorities(folder: Path) -> None:
    configuration = load_configuration(folder / CONFIGURATION).require()
    listed = {line["id"]: line["name"] for line in _read(folder / AUTHORITIES)}
    assert {institution.id: institution.name for institution in configuration.institutions} == listed
    assert {line["authority"] for line in _read(folder / OLDER_TRUTH)} - {""} <= listed.keys()


@pytest.mark.parametrize("scale", [0, 0.01, 1.5, -1])
def test_a_scale_that_makes_no_country_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        codifier(SEED, scale)
