"""No event that opens access is recorded on an older ledger, whoever records it; others are. Source: order cl. 11."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.ledger.errors import EventRefused, LedgerRolledBack
from provisioning.model.events import Content, NewEvent
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.catalogue import CATALOGUE
from tests.support.event_contents import contents
from tests.support.ledger_events import SCHOOL

OPENS = frozenset(
    {
        *("RightsChanged", "StaffChanged", "AdministratorsChanged"),
        *("RealmChanged", "ProtocolChanged", "AccountCreated", "AccountUpdated", "AccountReinstated", "BaseKeyIssued"),
        *("ApiKeyRevealed", "OisKeyChanged", "OisOperatorInvited", "OisConnected", "OisResumed"),
        *("OisAgreementAccepted", "MandateGranted", "MandatesBelowDecided", "GenerationDecided"),
    }
)
BY_ITS_DATA = frozenset({"DirectUseChanged", "AuthorityGrantsChanged", "OisChanged", "OisConcluded"})
NEVER = frozenset(
    {
        # The next key in the place of one that was cut off must not wait; it opens nothing before it is revealed.
        *(
            "LedgerOpened",
            "AccountActivated",
            "AccountDeactivated",
            "AccountUnlocked",
            "BaseKeySent",
            "BaseKeyFailed",
            "BaseKeyWithdrawn",
        ),
        *("ApiKeyCreated", "ApiKeyRevealVoided", "ApiKeyEnding", "ApiKeyCutOff", "ApiKeyRetired", "CutOffRequested"),
        *("CutOffDecided", "CutOffRefused", "OisApplied", "OisSuspended", "OisTerminated", "OisRejected"),
        *("OisAgreementSubmitted", "OisAgreementReturned", "OisEvidenceRecorded", "OisConclusionRevoked"),
        *("MandateWithdrawn", "RequestFiled", "RequestAnswered", "DeactivationDecided", "DeactivationProposed"),
        # What follows from an approval is recorded with it, and opens by itself; a proposal opens nothing.
        *("OisProposed", "AdministratorProposed", "ProposalSupported", "ProposalApproved"),
        *("ProposalRefused", "ProposalExpired", "AlarmRaised"),
    }
)


def refuse(reader: LedgerReader) -> None:
    raise LedgerRolledBack("this ledger is an older one", remedy="put back a newer one")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger that is older than its newest checkpoint."""
    opened = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('older') / 'ledger.sqlite'}", trust=refuse)
    yield opened
    opened.close()


def outcome(older: Ledger, content: Content) -> str:
    """What came of recording it; nothing stays recorded."""
    try:
        with older.transaction() as transaction:
            transaction.append([NewEvent(content, SCHOOL, ActorKind.STAFF)])
            raise EventRefused("taken back by this test", remedy="")
    except LedgerRolledBack:
        return "older"
    except EventRefused:
        return "asked"


def test_every_type_says_whether_it_opens() -> None:
    assert {each.__name__ for each in CATALOGUE.types} == OPENS | BY_ITS_DATA | NEVER
    assert {each.__name__ for each in CATALOGUE.types if each.OPENS} == OPENS
    assert {each.__name__ for each in CATALOGUE.types if "opens" in vars(each)} == BY_ITS_DATA


@pytest.mark.parametrize("kind", CATALOGUE.types, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_an_event_that_opens_is_refused_and_every_other_is_asked_about(
    kind: type[Content], data: st.DataObject, older: Ledger
) -> None:
    content = data.draw(contents(kind))
    found = outcome(older, content)
    assert found == ("older" if content.opens else "asked")
    if kind.__name__ not in BY_ITS_DATA:
        assert content.opens is (kind.__name__ in OPENS)


def test_without_anything_to_compare_with_all_are_asked_about(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('trusting') / 'ledger.sqlite'}")
    kind = next(each for each in CATALOGUE.types if each.__name__ == "OisConnected")
    assert outcome(opened, kind(rights=())) == "asked"  # type: ignore[call-arg]  # chosen by its name
    opened.close()
