"""What a plan says about routes of the central database: added, removed, changed, under which version."""

from __future__ import annotations

from dataclasses import replace

from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.model.configuration import ExchangeProtocol, Route
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.plan import Plan
from provisioning.planning.protocol import ProtocolDiff, RouteChange, diff_protocol

PUPILS, STAFF = "/v1/institutions/{institution}/students", "/v1/institutions/{institution}/staff"
ONE = ExchangeProtocol("1.0", (Route("GET", PUPILS, "students.read"), Route("GET", STAFF, "staff.read")))
TWO = ExchangeProtocol("1.1", (Route("GET", PUPILS, "students.list"), Route("POST", PUPILS, "students.write")))


def plan(diff: ProtocolDiff) -> Plan:
    return Plan((), diff_accounts([], {}, {}), (), 0, protocol=diff)


def test_the_same_routes_are_no_change_in_whatever_order_they_stand() -> None:
    assert diff_protocol(ONE, ONE).is_empty
    assert diff_protocol(ONE, replace(ONE, routes=ONE.routes[::-1])).is_empty
    assert plan(diff_protocol(ONE, ONE)).is_in_sync


def test_added_removed_and_changed_routes_are_told_apart() -> None:
    diff = diff_protocol(ONE, TWO)
    assert diff.changes == (
        RouteChange("GET", STAFF, "staff.read", None),
        RouteChange("GET", PUPILS, "students.read", "students.list"),
        RouteChange("POST", PUPILS, None, "students.write"),
    )
    assert [change.verb for change in diff.changes] == ["remove", "change", "add"]
    assert diff.attention is None


def test_the_first_plan_brings_all_routes_into_force() -> None:
    diff = diff_protocol(None, ONE)
    assert (diff.before, [change.verb for change in diff.changes]) == (None, ["add", "add"])
    assert not plan(diff).is_empty


def test_a_new_version_alone_is_a_change_and_other_routes_under_the_old_one_ask_for_a_look() -> None:
    assert not diff_protocol(ONE, replace(ONE, version="1.1")).is_empty
    diff = diff_protocol(ONE, replace(TWO, version="1.0"))
    assert diff.attention is not None
    assert plan(diff).attentions == (diff.attention,)
    assert plan(diff).as_json()["attentions"][0]["code"] == "same-version"


def test_the_plan_s_checksum_covers_routes() -> None:
    assert len({plan(diff_protocol(ONE, wanted)).checksum for wanted in (ONE, TWO, replace(ONE, version="2"))}) == 3
    assert plan(diff_protocol(ONE, TWO)).as_json()["protocol"]["after"] == "1.1"


def test_markdown_shows_each_route_and_obeys_none() -> None:
    text = plan_as_markdown(plan(diff_protocol(ONE, TWO)))
    assert "Exchange protocol: 1.0 → 1.1" in text
    assert "| change | students.read | students.list |" in text
    odd = ExchangeProtocol("1.1", (Route("GET", "/v1/<img>|x", "students.read"),))
    assert "<img>" not in plan_as_markdown(plan(diff_protocol(None, odd)))
