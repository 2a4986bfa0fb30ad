"""What makes a plan ask Keycloak about an account again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountImage, DesiredAccount, Verdict
from provisioning.planning.settled import account_of, digest_of, unsettled
from tests.support.images import KEY, USERNAME, alive, closed, dead, image, key

ALIVE = digest_of(alive(), Verdict.ALIVE)


def changed(**fields: object) -> DesiredAccount:
    return alive(**fields)


def test_the_same_wish_has_the_same_digest() -> None:
    attributes = dict(reversed(list(alive().image.attributes.items())))
    same = image(attributes=attributes, keys=(key(attributes=dict(attributes)),))
    assert digest_of(replace(alive(), image=same), Verdict.ALIVE) == ALIVE


def test_where_it_stands_in_yaml_does_not_matter() -> None:
    assert digest_of(replace(alive(), source=dead().source), Verdict.ALIVE) == ALIVE


@pytest.mark.parametrize(
    "other",
    [
        image(email="other@example.com"),
        image(enabled=False),
        image(attributes={"kind": "school"}),
        image(keys=()),
        image(keys=(key(), key(KEY.replace("k1", "k2")))),  # type: ignore[arg-type]  # a client id by hand
        image(keys=(key(enabled=False),)),
        image(keys=(key(service_enabled=False),)),
        image(keys=(key(attributes={"kind": "preschool"}),)),
        image(keys=(key(roles=frozenset()),)),
        image(keys=(key(rights=frozenset({"students.read"})),)),
    ],
)
def test_anything_that_is_compared_changes_the_digest(other: AccountImage) -> None:
    assert digest_of(replace(alive(), image=other), Verdict.ALIVE) != ALIVE


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.DEAD])
def test_the_ledger_s_verdict_changes_the_digest(verdict: Verdict) -> None:
    assert digest_of(alive(), verdict) != ALIVE


def test_an_account_with_a_change_a_refusal_or_a_key_that_needs_attention_is_unsettled() -> None:
    stopped = image(keys=(key(enabled=False),))
    cases = (
        diff_accounts([alive()], {}, {}),
        diff_accounts([alive()], {USERNAME: closed()}, {USERNAME: Verdict.DEAD}),
        diff_accounts([alive()], {USERNAME: stopped}, {USERNAME: Verdict.ALIVE}),
    )
    assert [unsettled(diff) for diff in cases] == [{USERNAME}] * 3
    assert unsettled(diff_accounts([alive()], {USERNAME: image()}, {USERNAME: Verdict.ALIVE})) == set()


def test_settled_accounts_are_named_although_they_are_not_compared() -> None:
    known = {USERNAME: Verdict.ALIVE}
    assert diff_accounts([], {}, known, settled=[USERNAME]).unlisted == ()
    assert diff_accounts([], {}, known).unlisted == (USERNAME,)


def test_a_key_s_client_id_stands_for_its_account() -> None:
    assert (account_of(KEY), account_of(USERNAME)) == (USERNAME, USERNAME)
