"""Requests to the Administrator are filed once, answered once, and stay on record, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.lifecycle.support_requests import (
    OPEN_AT_ONCE,
    NewSupportRequest,
    answer_support_request,
    file_support_request,
)
from provisioning.model.identifiers import Username
from provisioning.model.secret import Secret
from provisioning.model.support_requests import TEXT_MAX, SupportRequestKind, SupportRequestState
from tests.support.ledger_events import SCHOOL, birth

ACCOUNT = Username(SCHOOL)
HELP = NewSupportRequest(SupportRequestKind.SUPPORT, "  Не можу   увійти\n")


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
    number = file_support_request(actor, ACCOUNT, HELP)
    with actor.ledger.reader() as reader:
        (waiting,) = reader.support_requests(state=SupportRequestState.OPEN)
    assert (waiting.id, waiting.text, waiting.filed_by) == (number, "Не можу увійти", f"institution:{SCHOOL}")
    answer_support_request(actor, number, SupportRequestState.DONE, "Надіслано новий базовий ключ")
    with actor.ledger.reader() as reader:
        assert reader.support_requests(state=SupportRequestState.OPEN) == ()
        answered = reader.support_request(number)
    assert answered is not None and answered.answer == "Надіслано новий базовий ключ"
    assert verified(actor.ledger)


def test_it_is_answered_once(actor: Actor) -> None:
    number = file_support_request(actor, ACCOUNT, HELP)
    answer_support_request(actor, number, SupportRequestState.REFUSED, "ні")
    with pytest.raises(ActionRefused, match="answered already"):
        answer_support_request(actor, number, SupportRequestState.DONE, "так")
    with pytest.raises(UnknownAccount):
        answer_support_request(actor, "none", SupportRequestState.DONE, "так")


def test_the_same_is_not_asked_twice_and_a_queue_is_not_flooded(actor: Actor) -> None:
    report = NewSupportRequest(SupportRequestKind.ENDING, "Ліквідація", "№ 12")
    file_support_request(actor, ACCOUNT, report)
    with pytest.raises(ActionRefused, match="not answered yet"):
        file_support_request(actor, ACCOUNT, report)
    for _ in range(OPEN_AT_ONCE - 1):
        file_support_request(actor, ACCOUNT, HELP)
    with pytest.raises(ActionRefused, match="wait already"):
        file_support_request(actor, ACCOUNT, HELP)


@pytest.mark.parametrize("text", ["", " \n", "x" * (TEXT_MAX + 1)])
def test_an_empty_or_endless_text_is_refused(actor: Actor, text: str) -> None:
    with pytest.raises(ActionRefused):
        file_support_request(actor, ACCOUNT, NewSupportRequest(SupportRequestKind.SUPPORT, text))


def test_a_request_is_about_an_account_that_exists(actor: Actor) -> None:
    with pytest.raises(UnknownAccount):
        file_support_request(actor, Username("99-0000001"), HELP)
