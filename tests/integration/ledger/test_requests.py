"""Requests to the Administrator are filed once, answered once, and stay on record, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.lifecycle.requests import OPEN_AT_ONCE, Asked, answer_request, file_request
from provisioning.model.identifiers import Username
from provisioning.model.requests import TEXT_MAX, RequestKind, RequestState
from provisioning.model.secret import Secret
from tests.support.ledger_events import SCHOOL, birth

ACCOUNT = Username(SCHOOL)
HELP = Asked(RequestKind.SUPPORT, "  Не можу   увійти\n")


@pytest.fixture
def actor(ledger_url: str) -> Iterator[Actor]:
    ledger = open_ledger(ledger_url)
    with ledger.transaction() as transaction:
        transaction.append([birth()])
    nobody = KeycloakConnection("http://127.0.0.1:9", "aikom", "provisioning", Secret("none"))
    yield Actor(nobody, ledger, f"institution:{SCHOOL}")
    ledger.close()


def verified(ledger: Ledger) -> bool:
    with ledger.reader() as reader:
        return verify(reader).defect is None


def test_a_request_waits_until_it_is_answered_and_then_says_by_whom(actor: Actor) -> None:
    number = file_request(actor, ACCOUNT, HELP)
    with actor.ledger.reader() as reader:
        (waiting,) = reader.requests(state=RequestState.OPEN)
    assert (waiting.id, waiting.text, waiting.filed_by) == (number, "Не можу увійти", f"institution:{SCHOOL}")
    answer_request(actor, number, RequestState.DONE, "Надіслано новий базовий ключ")
    with actor.ledger.reader() as reader:
        assert reader.requests(state=RequestState.OPEN) == ()
        answered = reader.request(number)
    assert answered is not None and answered.answer == "Надіслано новий базовий ключ"
    assert verified(actor.ledger)


def test_it_is_answered_once(actor: Actor) -> None:
    number = file_request(actor, ACCOUNT, HELP)
    answer_request(actor, number, RequestState.REFUSED, "ні")
    with pytest.raises(ActionRefused, match="answered already"):
        answer_request(actor, number, RequestState.DONE, "так")
    with pytest.raises(UnknownAccount):
        answer_request(actor, "none", RequestState.DONE, "так")


def test_the_same_is_not_asked_twice_and_a_queue_is_not_flooded(actor: Actor) -> None:
    report = Asked(RequestKind.ENDING, "Ліквідація", "№ 12")
    file_request(actor, ACCOUNT, report)
    with pytest.raises(ActionRefused, match="not answered yet"):
        file_request(actor, ACCOUNT, report)
    for _ in range(OPEN_AT_ONCE - 1):
        file_request(actor, ACCOUNT, HELP)
    with pytest.raises(ActionRefused, match="wait already"):
        file_request(actor, ACCOUNT, HELP)


@pytest.mark.parametrize("text", ["", " \n", "x" * (TEXT_MAX + 1)])
def test_an_empty_or_endless_text_is_refused(actor: Actor, text: str) -> None:
    with pytest.raises(ActionRefused):
        file_request(actor, ACCOUNT, Asked(RequestKind.SUPPORT, text))


def test_a_request_is_about_an_account_that_exists(actor: Actor) -> None:
    with pytest.raises(UnknownAccount):
        file_request(actor, Username("99-0000001"), HELP)
