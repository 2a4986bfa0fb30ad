"""Single operations over a network that fails: refused or finished later, never half done.

Source: docs/security.md row 35.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakError
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.model.errors import ExitCode
from provisioning.settings import Settings
from tests.support.kill_field import Field
from tests.support.kill_worker import perform
from tests.support.shaky_keycloak import Fault, shaky

pytestmark = pytest.mark.assure

NAME, AUTHORITY = "46-0000001", "46-0000901"
CALLS = (1, 2, 4)
"""Which call of an operation is spoiled, in turn."""


def nth_call(number: int) -> Callable[[str, str], bool]:
    """The n-th call to the Admin REST API; getting a token is none."""
    calls = iter(range(1, 10_000))
    return lambda method, path: path.startswith("/admin/") and next(calls) == number


def failure_of(
    field: Field, operation: str, name: str, fault: Fault, call: int
) -> CarriedOutLater | KeycloakError | None:
    """Do it once, with one call spoiled; any other exception than these two fails the test."""
    with shaky(field.settings.keycloak_url, [fault], nth_call(call)) as network, field.worker() as worker:
        settings = Settings({**field.settings.values, "AIKOM_KEYCLOAK_URL": network.url})
        actor = replace(worker.actor, connection=KeycloakConnection.from_settings(settings))
        try:
            perform(replace(worker, actor=actor), operation, name)
        except (CarriedOutLater, KeycloakError) as error:
            return error
        return None


@pytest.mark.parametrize(
    ("operation", "name", "before"),
    [
        ("cut-off", NAME, "reveal"),
        pytest.param("reveal", NAME, None, marks=pytest.mark.assure),
        pytest.param("deactivate", AUTHORITY, "reinstate", marks=pytest.mark.assure),
        pytest.param("converge", NAME, None, marks=pytest.mark.assure),
    ],
)
def test_whatever_fails_on_the_way_it_is_whole_afterwards(
    shared_field: Field, operation: str, name: str, before: str | None
) -> None:
    failures = 0
    for number, fault in enumerate(Fault):
        with shared_field.worker() as worker:
            if before is not None:
                perform(worker, before, name)
        failure = failure_of(shared_field, operation, name, fault, CALLS[number % len(CALLS)])
        if failure is not None:
            failures += 1
            assert failure.exit_code is ExitCode.UNREACHABLE
            assert failure.remedy
        assert shared_field.recover(with_apply=False) == [], f"{operation}: {fault.name} ({failure})"
    # Reads are tried again, so that only some of the faults are felt.
    assert failures >= 2, "hardly anything failed"
