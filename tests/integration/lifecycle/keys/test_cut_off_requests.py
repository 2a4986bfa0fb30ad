"""A request to cut off waits for the Administrator, or is carried out at once under a standing approval (cl. 8)."""

from __future__ import annotations

import pytest

from provisioning.lifecycle.errors import ActionRefused, UnknownOis
from provisioning.lifecycle.keys.cut_off import CutOff, CutOffRequest, cut_off
from provisioning.lifecycle.keys.cut_off_decisions import REFUSED_MAIL, approve, refuse, request_cut_off
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, open_requests
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.upkeep import Approval
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office

ASKED = CutOffRequest(CutOffReason.REQUEST, "director", note="letter № 4")


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 6)))
    office.apply()


def ask(office: Office, name: str, request: CutOffRequest = ASKED) -> RequestedCutOff:
    asked = request_cut_off(office.actor, name, request, Approval.ADMINISTRATOR)
    assert isinstance(asked, RequestedCutOff)
    return asked


def waiting(office: Office, name: str) -> list[int]:
    with office.ledger.reader() as reader:
        return [request.number for request in open_requests(reader, name)]


def test_a_standing_approval_carries_it_out_at_once(office: Office) -> None:
    secret = office.reveal("46-0000001")
    done = request_cut_off(office.actor, "46-0000001", ASKED, Approval.STANDING)
    assert isinstance(done, CutOff)
    assert office.token("api-46-0000001-k1", secret).status_code == 401
    assert waiting(office, "46-0000001") == []


def test_a_request_waits_and_the_key_works_until_it_is_approved(office: Office) -> None:
    secret = office.reveal("46-0000002")
    asked = ask(office, "46-0000002")
    assert ask(office, "46-0000002").number == asked.number
    assert office.token("api-46-0000002-k1", secret).status_code == 200
    done = approve(office.actor, asked.number)
    assert done.ended == ("api-46-0000002-k1",)
    assert office.token("api-46-0000002-k1", secret).status_code == 401
    decided = office.events("46-0000002")[-1]
    assert (decided.kind, data_of(decided)["answers"]) == (EventKind.CUT_OFF_DECIDED, [asked.number])
    assert office.kinds("46-0000002").count(EventKind.CUT_OFF_REQUESTED) == 1
    assert waiting(office, "46-0000002") == []


def test_a_refused_request_ends_nothing_and_is_decided_once(office: Office) -> None:
    secret = office.reveal("46-0000003")
    asked = ask(office, "46-0000003")
    refuse(office.actor, asked.number, "not signed by the director")
    assert office.token("api-46-0000003-k1", secret).status_code == 200
    assert office.events("46-0000003")[-1].reason == "not signed by the director"
    with office.ledger.reader() as reader:
        assert [mail.subject_account for mail in reader.mails() if mail.template == REFUSED_MAIL] == ["46-0000003"]
    for decide in (lambda: approve(office.actor, asked.number), lambda: refuse(office.actor, asked.number, "x")):
        with pytest.raises(ActionRefused, match="no request with number"):
            decide()
    assert ask(office, "46-0000003").number > asked.number


def test_a_cut_off_by_staff_answers_what_waits(office: Office) -> None:
    asked = ask(office, "46-0000004")
    cut_off(office.actor, "46-0000004", CutOffRequest(CutOffReason.INCIDENT, "staff:test"))
    # After an incident the OIS keep their mandates, which is not what was asked for.
    assert waiting(office, "46-0000004") == [asked.number]
    cut_off(office.actor, "46-0000004", ASKED)
    assert waiting(office, "46-0000004") == []
    again = ask(office, "46-0000004")
    assert approve(office.actor, again.number).ended == ()
    assert waiting(office, "46-0000004") == []
    assert again.number > asked.number


def test_requests_of_all_accounts_are_listed_oldest_first(office: Office) -> None:
    first = ask(office, "46-0000005", CutOffRequest(CutOffReason.OIS, "director"))
    with office.ledger.reader() as reader:
        listed = open_requests(reader)
    assert [request.number for request in listed] == sorted(request.number for request in listed)
    assert first in listed


def test_an_ois_that_is_named_must_exist(office: Office) -> None:
    with pytest.raises(UnknownOis):
        ask(office, "46-0000001", CutOffRequest(CutOffReason.OIS, "director", ois="ois-nobody"))
