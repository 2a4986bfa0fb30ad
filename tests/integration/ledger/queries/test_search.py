"""Accounts are found by what people know of them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.ledger.queries.search import Criteria, count_accounts, search_accounts
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.records import AccountState
from provisioning.model.sphere import SpherePath
from tests.support.ledger_events import event_by, renewed

NAMES = {
    "46-0000012": "Відділ освіти Дубівецької міської ради",
    "46-0000001": "Ліцей № 1 імені О’Генрі",
    "46-0000002": "ЛІЦЕЙ № 2 «Надія» 100%",
    "46-0000003": "Гімназія_3",
    "53-0000001": "Ліцей № 1",
}


def born(username: str, name: str) -> NewEvent:
    """An account with everything by which it can be found."""
    above = "/00-0000001/46-0000012" if username.startswith("46") else "/00-0000001"
    data = {
        "institution_id": username,
        "generation": 1,
        "kind": "authority" if username == "46-0000012" else "school",
        "is_authority": username == "46-0000012",
        "client_id": f"api-{username}-k1",
        "base_key_id": f"base-{username}",
        "name": name,
        "sphere": above if username == "46-0000012" else f"{above}/{username}",
        "edrpou": f"0{username[-7:]}",
        "edebo_id": f"14{username[-4:]}",
        "katottg": "UA46060250010015970",
        "email": f"z{username}@schools.example",
    }
    return event_by("staff:test", EventKind.ACCOUNT_CREATED, username, data)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    with opened.transaction() as transaction:
        transaction.append([born(username, name) for username, name in NAMES.items()])
        ended = {"reason": "liquidation", "document": "№ 1", "date": "2026-11-20"}
        transaction.append([event_by("staff:test", EventKind.ACCOUNT_DEACTIVATED, "46-0000003", ended)])
    yield opened
    opened.close()


def names(reader: LedgerReader, words: str, **more: object) -> list[str]:
    found = search_accounts(reader, Criteria(words, **more))  # type: ignore[arg-type]  # fields of Criteria
    return [account.username for account in found.accounts]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", sorted(NAMES)),
        ("ліцей", ["46-0000001", "46-0000002", "53-0000001"]),
        ("№ 1 о'генрі", ["46-0000001"]),
        ("HAДIЯ", ["46-0000002"]),  # Latin look-alikes, upper case
        ("100%", ["46-0000002"]),
        ("%", ["46-0000002"]),
        ("_3", ["46-0000003"]),
        ("46-0000002", ["46-0000002"]),
        ("00000003", ["46-0000003"]),
        ("140012", ["46-0000012"]),
        ("z53-0000001@schools", ["53-0000001"]),
        ("ua46060250010015970 гімназія", ["46-0000003"]),
        ("університет", []),
        ("' OR 1=1 --", []),
    ],
)
def test_every_word_must_occur_in_name_codes_or_address(ledger: Ledger, words: str, expected: list[str]) -> None:
    with ledger.reader() as reader:
        assert names(reader, words) == expected


def test_a_sphere_holds_what_is_below_it_and_nothing_beside_it(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        below = SpherePath("/00-0000001/46-0000012")
        assert names(reader, "", below=below) == ["46-0000001", "46-0000002", "46-0000003", "46-0000012"]
        assert names(reader, "", below=SpherePath("/00-0000001/46-000001")) == []
        assert names(reader, "ліцей", below=below, state=AccountState.CREATED) == ["46-0000001", "46-0000002"]
        assert names(reader, "", kind="authority") == ["46-0000012"]
        assert count_accounts(reader, Criteria(below=below)) == {AccountState.CREATED: 3, AccountState.DEACTIVATED: 1}


def test_pages_follow_each_other_without_gap_or_overlap(ledger: Ledger) -> None:
    seen: list[str] = []
    after = ""
    with ledger.reader() as reader:
        while True:
            page = search_accounts(reader, Criteria(), after=after, limit=2)
            seen += [account.username for account in page.accounts]
            if page.after is None:
                break
            after = page.after
    assert seen == sorted(NAMES)


def test_what_an_update_names_is_found_and_what_it_replaced_is_not(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([renewed(transaction, "46-0000001", name="Ліцей імені Лесі Українки", edrpou="")])
    with ledger.reader() as reader:
        assert names(reader, "лесі українки") == ["46-0000001"]
        assert names(reader, "о’генрі") == []
        account = reader.account("46-0000001")
        assert account is not None and account.edrpou == ""
