"""Places and ranges of ids across records: which oblast an institution lies in, and whose number an id is."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from provisioning.model.id_ranges import AUTHORITIES, REGISTER, REGISTERED, SMALL, register_number
from provisioning.model.katottg import OBLASTS, hromada_of, raion_of
from provisioning.registry import Severity
from tests.support.configuration_folder import Folder


def codes(folder: Folder) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.code) for problem in folder.load().problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "config")


def record(identifier: str, kind: str, authority: str, *lines: str) -> str:
    head = [f'- id: "{identifier}"', f"  kind: {kind}", f"  name: Заклад {identifier}", f'  authority: "{authority}"']
    return "\n".join([*head, *lines, f"  email: a{identifier.replace('-', '')}@schools.example"]) + "\n"


def test_a_place_of_another_oblast_than_the_authority_s_is_a_warning(folder: Folder) -> None:
    for here, there in product(("46", "53", "80"), repeat=2):
        text = record(f"{there}-0000009", "authority", "46-0000001", f"  katottg: UA{there}060250010015970")
        text += record("46-0000010", "school", f"{there}-0000009", f"  katottg: UA{here}060250010015970")
        text += record("46-0000011", "school", "00-0000001", f"  katottg: UA{here}060250010015970")
        folder.write("institutions/02.yaml", text)
        expected = [(Severity.WARNING, "other-oblast")]
        # The authority itself lies under one of oblast 46.
        assert codes(folder) == expected * ((here != there) + (there != "46"))


@pytest.mark.parametrize(
    ("identifier", "kind", "edebo", "is_refused"),
    [
        ("46-0099999", "authority", None, False),
        ("46-0100000", "authority", None, True),
        ("46-8000001", "authority", None, True),
        ("46-9000000", "authority", None, False),
        ("46-0100000", "authority", 100_000, False),
        ("46-0100000", "school", None, False),
        ("46-9000000", "school", None, True),
        ("46-9999999", "school", 9_999_999, True),
    ],
)
def test_an_id_in_another_s_range_is_refused(
    folder: Folder, identifier: str, kind: str, edebo: int | None, is_refused: bool
) -> None:
    lines = [] if edebo is None else [f"  edebo_id: {edebo}"]
    folder.write("institutions/02.yaml", record(identifier, kind, "46-0000001", *lines))
    assert codes(folder) == [(Severity.ERROR, "id-range")] * is_refused


def test_no_two_sources_give_the_same_number() -> None:
    edges = {
        n + step for r in (SMALL, REGISTER, REGISTERED, AUTHORITIES) for n in (r.start, r.stop) for step in (-1, 0, 1)
    }
    given = {number for edebo in edges if (number := register_number(edebo)) is not None}
    assert not given & set(AUTHORITIES) and not given & set(SMALL)
    assert given <= set(REGISTERED)
    numbers = [register_number(edebo) for edebo in edges]
    assert len(set(numbers) - {None}) == sum(number is not None for number in numbers)


@pytest.mark.parametrize("oblast", OBLASTS)
def test_a_code_names_its_hromada_and_raion_or_neither(oblast: str) -> None:
    city = oblast in ("80", "85")
    assert hromada_of(f"UA{oblast}060250010015970") == f"UA{oblast}06025"
    assert raion_of(f"UA{oblast}060250010015970") == f"UA{oblast}06"
    assert hromada_of(f"UA{oblast}000000000012345") == (f"UA{oblast}00000" if city else None)
    assert hromada_of(f"UA{oblast}060000000012345") == (f"UA{oblast}06000" if city else None)
    assert hromada_of(None) is None and raion_of(None) is None and raion_of(f"UA{oblast}000000000012345") is None
