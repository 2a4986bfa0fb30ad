"""Who may have another account after the institution's end, and how that is on record (order cl. 11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.queries.summary import known_institutions
from provisioning.lifecycle.accounts.generations import allow_generation, decided_generations
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import GenerationDecided
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.sidecar_ledger import deactivation, record_accounts
from tests.support.sidecar_names import DEACTIVATED, SCHOOL, SECOND_GENERATION

DOCUMENT = "№ 40 від 2026-11-20"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    record_accounts(made)
    yield made
    made.close()


@pytest.fixture
def actor(ledger: Ledger) -> Actor:
    return actor_without_keycloak(ledger, "staff:olena")


def test_the_decision_is_recorded_once_with_its_document_and_who_decided(actor: Actor, ledger: Ledger) -> None:
    assert [allow_generation(actor, DEACTIVATED, DOCUMENT) for _ in range(2)] == [f"{DEACTIVATED}-g2"] * 2
    with ledger.reader() as reader:
        (event,) = reader.events(subject=DEACTIVATED, kinds=[EventKind.DECISION_RECORDED])
        assert decided_generations(reader) == {f"{DEACTIVATED}-g2"}
    assert event.content == GenerationDecided(generation=2, document=DOCUMENT)
    assert (event.actor, event.clause) == ("staff:olena", "cl. 11")


def test_it_is_the_account_after_the_last_one_whichever_is_named(actor: Actor, ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([deactivation(SECOND_GENERATION)])
    for name in ("46-0001235", SECOND_GENERATION):
        assert allow_generation(actor, name, DOCUMENT) == "46-0001235-g3"


@pytest.mark.parametrize("name", [SCHOOL, "46-0001235", SECOND_GENERATION])
def test_an_institution_whose_account_lives_gets_no_other(name: str, actor: Actor) -> None:
    with pytest.raises(ActionRefused, match="is not deactivated"):
        allow_generation(actor, name, DOCUMENT)


@pytest.mark.parametrize("document", ["", "  ", "№ 1\n№ 2", "№" * 301])
def test_what_names_no_document_decides_nothing(document: str, actor: Actor, ledger: Ledger) -> None:
    with pytest.raises(ActionRefused):
        allow_generation(actor, DEACTIVATED, document)
    with ledger.reader() as reader:
        assert decided_generations(reader) == frozenset()


def test_an_institution_that_nobody_knows_is_named(actor: Actor) -> None:
    with pytest.raises(UnknownAccount, match="46-0777777"):
        allow_generation(actor, "46-0777777", DOCUMENT)


def test_an_institution_is_known_as_its_last_account_has_it(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        found = known_institutions(reader)
    assert {name: institution.is_over for name, institution in found.items()} == {
        "46-0001234": False,
        "46-0001235": False,
        "46-0000012": False,
        DEACTIVATED: True,
    }
    assert found[SCHOOL].email == f"{SCHOOL}@school.example.ua"  # type: ignore[index]  # its id is its name
