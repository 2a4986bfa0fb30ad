"""Generated input: arbitrary bytes, arbitrary YAML and spoiled examples give problems, never an exception.

Source: docs/security.md rows 27, 29 and 43.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning.registry import LoadResult
from tests.support.configuration_folder import EXAMPLE, Folder

pytestmark = pytest.mark.assure

FILES = ("realm.yaml", "rights.yaml", "protocol.yaml", "staff.yaml", "institutions/46.yaml")
RUNS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30), st.dates().map(str)
)
KEYS = st.one_of(
    st.sampled_from(
        ["id", "kind", "name", "email", "authority", "branch_of", "edrpou", "earlier", "deactivated", "rights"]
    ),
    st.sampled_from(["kinds", "routes", "path", "username", "roles", "lifetimes", "generation", "successors", "date"]),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=25
)
YAML_SIGNS = st.text(alphabet=" \n\t-:[]{}&*!|>'\"%@#?,.~aи0\\\ufeff\u202e\x00", max_size=200)


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    with tempfile.TemporaryDirectory() as place:
        yield Folder(Path(place) / "config")


@RUNS
@given(data=st.binary(max_size=400), file=st.sampled_from(FILES))
def test_arbitrary_bytes_give_problems(folder: Folder, data: bytes, file: str) -> None:
    check(spoil(folder, file, data))


@RUNS
@given(text=YAML_SIGNS, file=st.sampled_from(FILES))
def test_heaps_of_yaml_signs_give_problems(folder: Folder, text: str, file: str) -> None:
    check(spoil(folder, file, text.encode("utf-8", "surrogatepass")))


@RUNS
@given(value=VALUES, file=st.sampled_from(FILES))
def test_arbitrary_yaml_gives_problems(folder: Folder, value: Any, file: str) -> None:
    check(spoil(folder, file, yaml.safe_dump(value, allow_unicode=True).encode()))


@RUNS
@given(records=st.lists(st.dictionaries(KEYS, VALUES, max_size=8), min_size=1, max_size=4))
def test_arbitrary_records_give_problems(folder: Folder, records: Any) -> None:
    check(spoil(folder, FILES[4], yaml.safe_dump(records, allow_unicode=True).encode()))


@RUNS
@given(data=st.data(), file=st.sampled_from(FILES[:4]))
def test_a_spoiled_example_gives_problems(folder: Folder, data: st.DataObject, file: str) -> None:
    text = (EXAMPLE / file).read_text(encoding="utf-8")
    place = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 20))
    insert = data.draw(YAML_SIGNS.filter(lambda signs: len(signs) < 10) | st.text(max_size=5))
    check(spoil(folder, file, (text[:place] + insert + text[place + length :]).encode("utf-8", "surrogatepass")))


def spoil(folder: Folder, file: str, data: bytes) -> LoadResult:
    """Load the folder with this file replaced, and put the file back."""
    path = folder.path / file
    before = path.read_bytes() if path.exists() else None
    try:
        folder.write(file, data)
        return folder.load()
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def check(result: LoadResult) -> None:
    """A configuration or an error; problems in order, each with a place and printable words."""
    assert (result.configuration is None) == bool(result.errors)
    places = [(problem.source.file, problem.source.line, problem.source.column) for problem in result.problems]
    assert places == sorted(places)
    for problem in result.problems:
        assert problem.source.line >= 1 and problem.source.column >= 1
        assert problem.code and problem.message.isprintable() and problem.remedy.isprintable()
