"""A plan in a comment says what the plan says, and nothing in it acts as markup."""

from __future__ import annotations

from dataclasses import replace

from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.model.institution import Source
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import DesiredAccount, Verdict
from provisioning.planning.objects import CreateObject, FieldChange, ObjectType, RealmObject, UpdateObject
from provisioning.planning.plan import Plan
from tests.support.images import USERNAME, alive, image

EVIL = "x | y`<img src=x>` [a](http://e) @team\n# h"


def planned(desired: DesiredAccount, email: str) -> str:
    diff = diff_accounts([desired], {USERNAME: image(email=email)}, {USERNAME: Verdict.ALIVE})
    return plan_as_markdown(Plan((), diff, (), 1))


def test_a_change_shows_from_what_to_what_and_where_it_stands() -> None:
    text = planned(replace(alive(), source=Source("institutions/46.yaml", 12)), "old@example.com")
    assert "old\\@example.com" in text
    assert "institutions/46.yaml:12" in text
    assert "1 to update" in text


def test_nothing_in_it_acts_as_markup() -> None:
    text = planned(alive(), EVIL)
    (row,) = (line for line in text.splitlines() if "x \\|" in line)
    assert "<img" not in row and "\\`" in row and "\\[a\\]\\(" in row and "\\@team \\# h" in row


def test_secrets_show_no_values_and_new_objects_are_named() -> None:
    client = RealmObject(ObjectType.CLIENT, "sidecar", {})
    changes = (UpdateObject(client, (FieldChange(("attributes", "aikom.key.digest"), "old-secret", "new-secret"),)),)
    diff = diff_accounts([], {}, {})
    text = plan_as_markdown(Plan((CreateObject(client), *changes), diff, (), 0))
    assert "secret" not in text.replace("\\*\\*\\*", "")
    assert "sidecar" in text


def test_an_empty_plan_says_so() -> None:
    assert "Nothing to change" in plan_as_markdown(Plan((), diff_accounts([], {}, {}), (), 7))
