"""The sphere of activity: an institution reaches itself, an authority what is below it. Source: order cl. 3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.identifiers import InstitutionId
from provisioning.model.sphere import SpherePath, reaches, sphere_path

MINISTRY, OBLAST, CITY, SCHOOL = map(InstitutionId, ("00-0000001", "46-0000001", "46-0000012", "46-0001234"))
SUPERIOR: dict[InstitutionId, InstitutionId | None] = {MINISTRY: None, OBLAST: MINISTRY, CITY: OBLAST, SCHOOL: CITY}


def test_the_path_leads_from_the_root_down() -> None:
    assert sphere_path(SCHOOL, SUPERIOR) == f"/{MINISTRY}/{OBLAST}/{CITY}/{SCHOOL}"


def test_a_cycle_and_an_unknown_superior_are_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        sphere_path(OBLAST, {OBLAST: CITY, CITY: OBLAST})
    with pytest.raises(KeyError):
        sphere_path(SCHOOL, {SCHOOL: CITY})


@pytest.mark.parametrize(("own", "expected"), [(MINISTRY, True), (OBLAST, True), (CITY, True)])
def test_an_authority_reaches_everything_below_it(own: InstitutionId, expected: bool) -> None:
    assert reaches(sphere_path(own, SUPERIOR), True, sphere_path(SCHOOL, SUPERIOR)) is expected


def test_nobody_reaches_upwards_or_sideways() -> None:
    other = InstitutionId("46-0001235")
    superior = {**SUPERIOR, other: CITY}
    assert not reaches(sphere_path(SCHOOL, superior), True, sphere_path(CITY, superior))
    assert not reaches(sphere_path(SCHOOL, superior), True, sphere_path(other, superior))


def test_an_institution_does_not_reach_its_branch() -> None:
    assert not reaches(SpherePath("/a/b"), False, SpherePath("/a/b/c"))


def test_whole_segments_are_compared() -> None:
    assert not reaches(SpherePath("/a/b"), True, SpherePath("/a/bc"))


@given(path=st.lists(st.sampled_from("abc"), min_size=1).map(lambda parts: SpherePath("/" + "/".join(parts))))
def test_everybody_reaches_itself(path: SpherePath) -> None:
    assert reaches(path, False, path)
    assert reaches(path, True, path)
