"""The invented country: valid, of the real one's shape, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.country import OBLASTS, country, write_country
from provisioning.model.configuration import Configuration
from provisioning.registry import load_configuration

SIZE = 1_200


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder = tmp_path_factory.mktemp("country")
    write_country(SIZE, folder)
    return load_configuration(folder).require()


def test_it_is_valid_and_of_the_size_asked_for(configuration: Configuration) -> None:
    assert len(configuration.institutions) == SIZE


def test_kinds_hierarchy_and_branches_are_in_the_real_proportions(configuration: Configuration) -> None:
    institutions = configuration.institutions
    kinds = Counter(institution.kind for institution in institutions)
    assert 0.04 < kinds["authority"] / SIZE < 0.09
    assert 0.35 < kinds["school"] / SIZE < 0.52
    assert 0.35 < kinds["preschool"] / SIZE < 0.52
    branches = [institution for institution in institutions if institution.is_branch]
    assert 0.01 < len(branches) / SIZE < 0.05
    by_id = {institution.id: institution for institution in institutions}
    assert all(branch.superior is not None and by_id[branch.superior].edrpou == branch.edrpou for branch in branches)
    assert max(len(institution.name) for institution in institutions) > 100
    assert any(institution.edebo_id is None for institution in institutions)


def test_there_is_a_file_for_every_oblast(tmp_path: Path) -> None:
    write_country(SIZE, tmp_path)
    assert {file.stem for file in (tmp_path / "institutions").iterdir()} == {"00", *OBLASTS}


def test_a_seed_gives_the_same_country_again_and_another_seed_another() -> None:
    assert list(country(200, seed=3)) == list(country(200, seed=3))
    assert list(country(200, seed=3)) != list(country(200, seed=4))
