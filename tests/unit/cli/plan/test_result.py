""" "Nothing to change" is a statement about everything: it never stands beside what is refused or waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioning.cli.plan.apply import show_result
from provisioning.cli.plan.group import exit_code
from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.cli.plan.view import compared_in_full, show_plan
from provisioning.lifecycle.applying.apply import Applied
from provisioning.lifecycle.applying.planning import Survey
from provisioning.model.configuration import Limit
from provisioning.model.errors import ExitCode
from provisioning.model.identifiers import InstitutionId
from provisioning.planning.changes import AccountDiff, Attention, Refusal
from provisioning.planning.guards import Guard, GuardStop
from provisioning.planning.moves import Move
from provisioning.planning.plan import Plan
from tests.support.images import USERNAME, alive

NOTHING_DONE = Applied(0, 0, 0, 0, 0, 0)
EMPTY = Plan((), AccountDiff((), (), (), ()), (), 110)
REFUSAL = Refusal("deactivation-differs", USERNAME, alive().source, "it ended otherwise", "write what the ledger has")
ASKS = GuardStop(Guard.DEACTIVATIONS, 1, 110, Limit(5, 0.02), asks=True)

PLANS = {
    "a refusal": (replace(EMPTY, accounts=AccountDiff((), (REFUSAL,), (), ())), ExitCode.REFUSED),
    "an attention": (
        replace(EMPTY, accounts=AccountDiff((), (), (Attention("a", USERNAME, "look", "do"),), ())),
        ExitCode.DIFFERENCES,
    ),
    "a guard": (replace(EMPTY, stops=(ASKS,)), ExitCode.REFUSED),
    "what is left to a person": (replace(EMPTY, left=(USERNAME,)), ExitCode.DIFFERENCES),
}


def survey(plan: Plan) -> Survey:
    nothing: Any = None
    return Survey(plan, nothing, nothing, {}, {}, ())


@pytest.mark.parametrize("case", PLANS)
def test_nothing_to_change_is_not_said_beside_something_that_waits(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, code = PLANS[case]
    show_result(survey(plan), NOTHING_DONE)
    show_plan(plan)
    said = " ".join((capsys.readouterr().out + plan_as_markdown(plan)).split())
    assert "Nothing to change" not in said and "Nothing was changed" in said
    assert exit_code(plan) is code


def test_it_is_said_when_it_is_true(capsys: pytest.CaptureFixture[str]) -> None:
    show_result(survey(EMPTY), NOTHING_DONE)
    assert capsys.readouterr().out.strip() == (
        "Nothing to change: 110 accounts are as the configuration says; never compared in full."
    )
    assert "Nothing to change" in plan_as_markdown(EMPTY) and exit_code(EMPTY) is ExitCode.OK


def test_moves_and_people_who_left_are_shown_in_both_forms(capsys: pytest.CaptureFixture[str]) -> None:
    move = Move(InstitutionId("46-0000100"), InstitutionId("46-0000200"), 12, "Перший", "Другий")
    plan = replace(EMPTY, moves=(move,), former_staff=("o.koval",))
    show_plan(plan)
    said = " ".join(capsys.readouterr().out.split())
    assert "12 accounts from 46-0000100 Перший to 46-0000200 Другий" in said
    assert "staff.yaml no more" in said and "o.koval" in said
    text = plan_as_markdown(plan)
    assert "**Move:** 12 accounts" in text and "o.koval is named" in text.replace("\\", "")
    assert plan.as_json()["moves"][0]["accounts"] == 12 and plan.as_json()["former_staff"] == ["o.koval"]


def test_what_it_rests_on_is_said_in_kyiv_s_time_with_the_day_unless_it_is_today() -> None:
    moment = datetime(2026, 11, 30, 12, 2, tzinfo=UTC)
    assert compared_in_full(moment, moment + timedelta(hours=3)) == "compared in full at 14:02"
    assert compared_in_full(moment, moment + timedelta(hours=10)) == "compared in full on 2026-11-30 at 14:02"
    assert compared_in_full(None, moment) == "never compared in full"
