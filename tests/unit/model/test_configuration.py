"""The configuration answers for spheres and rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from provisioning.model.configuration import Configuration
from provisioning.model.institution import RightsException
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(EXAMPLE).require()


def test_the_rights_of_a_kind_are_those_of_its_institutions(configuration: Configuration) -> None:
    plain = next(institution for institution in configuration.institutions if not institution.rights)
    assert configuration.rights_of(plain) == configuration.rights.of_kind[plain.kind]


def test_an_exception_adds_and_removes(configuration: Configuration) -> None:
    plain = next(institution for institution in configuration.institutions if not institution.rights)
    some = min(configuration.rights.of_kind[plain.kind])
    special = replace(plain, rights=RightsException(frozenset({"extra.read"}), frozenset({some})))
    assert configuration.rights_of(special) == (configuration.rights_of(plain) | {"extra.read"}) - {some}


def test_every_institution_has_a_sphere_that_ends_in_itself(configuration: Configuration) -> None:
    spheres = configuration.spheres()
    assert len(spheres) == len(configuration.institutions)
    assert all(path.endswith(f"/{institution}") for institution, path in spheres.items())


def test_units_become_seconds_and_shares(configuration: Configuration) -> None:
    assert configuration.realm.lifetimes.access_token_s == 300
    assert configuration.realm.brute_force.max_wait_s == 2
    assert configuration.realm.guards.deactivations.share == pytest.approx(0.02)
    assert configuration.realm.base_key.lifespan_hours == 72
    assert configuration.realm.api_key.warn_before == (timedelta(days=30), timedelta(days=14), timedelta(days=3))
    assert configuration.realm.watch.convergence == timedelta(minutes=5)
    assert configuration.realm.api_key.max_age is None
