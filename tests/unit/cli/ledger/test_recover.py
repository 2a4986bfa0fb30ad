"""What a recovery took back is named, for people and for programs, so that somebody can decide on it anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from provisioning.cli.ledger.recover import recovered_json, show_recovered
from provisioning.lifecycle.comparison.convergence import Converged
from provisioning.lifecycle.comparison.recovery import Recovered
from provisioning.lifecycle.comparison.unconfirmed import Unconfirmed
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateRecord, MandateState, Slug

DIARY = Slug("diary")
SCHOOL, OTHER, THIRD = (Username(f"46-000000{number}") for number in (1, 2, 3))
MANDATE = MandateRecord(
    f"{SCHOOL}.diary.1",
    SCHOOL,
    DIARY,
    ("students.read",),
    "12/2026",
    date(2026, 11, 1),
    MandateState.GRANTED,
    datetime(2026, 11, 1, tzinfo=UTC),
)


def recovered(unconfirmed: Unconfirmed) -> Recovered:
    return Recovered(7, unconfirmed, (), (), Converged(0, 0, 0, 0, (), ()))


def test_everything_that_was_taken_back_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    done = recovered(Unconfirmed((MANDATE,), (OTHER,), (THIRD,), (DIARY,), 4))
    show_recovered(done)
    said = capsys.readouterr()
    for name in (MANDATE.id, OTHER, THIRD, "ois-diary"):
        assert name in said.out
    assert "agrees" not in said.out
    found = recovered_json(done)
    assert found["mandates_withdrawn"] == [MANDATE.id]
    assert (found["direct_use_ended"], found["authority_grants_ended"]) == ([OTHER], [THIRD])
    assert (found["ois_suspended"], found["mandates_borne_out"]) == ([DIARY], 4)


def test_when_nothing_was_it_says_that_both_agree(capsys: pytest.CaptureFixture[str]) -> None:
    show_recovered(recovered(Unconfirmed(borne_out=4)))
    assert "Keycloak agrees with the ledger" in capsys.readouterr().out
