"""Who may use a key: a connected OIS under a mandate, or the institution itself when it said so. Order cl. 5, 6."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from provisioning.gate.decision import Allow
from provisioning.gate.reasons import Reason
from provisioning.gate.verdicts import Verdicts
from provisioning.model.ois import ConclusionOutcome, MandateState, OisState
from tests.support.gate_cases import AUTHORITY, OTHER, SCHOOL, account, bearer, judged, key, mandate, ois, verdicts


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (OisState.APPLIED, Reason.OIS_NOT_CONNECTED),
        (OisState.SUSPENDED, Reason.OIS_SUSPENDED),
        (OisState.REJECTED, Reason.OIS_ENDED),
        (OisState.TERMINATED, Reason.OIS_ENDED),
    ],
)
def test_an_ois_that_is_not_connected_opens_nothing(state: OisState, reason: Reason) -> None:
    known = verdicts()
    known.take_ois([ois(state)])
    assert judged(known) is reason


def test_an_ois_needs_both_documents() -> None:
    for lacking in ({"agreement_version": None}, {"conclusion_until": None}, {"conclusion_outcome": None}):
        known = verdicts()
        known.take_ois([ois(**lacking)])
        assert judged(known) is Reason.OIS_NOT_CONNECTED
    known.take_ois([ois(conclusion_outcome=ConclusionOutcome.NEGATIVE)])
    assert judged(known) is Reason.OIS_NOT_CONNECTED


def test_a_conclusion_holds_to_the_end_of_its_last_day_in_kyiv() -> None:
    known = verdicts()
    known.take_ois([ois(conclusion_until=date(2026, 11, 20))])
    assert isinstance(judged(known, now=datetime(2026, 11, 20, 21, 59, tzinfo=UTC)), Allow)
    assert judged(known, now=datetime(2026, 11, 20, 22, 0, tzinfo=UTC)) is Reason.OIS_CONCLUSION_EXPIRED


def test_a_client_that_is_neither_ois_nor_the_key_opens_nothing() -> None:
    assert judged(verdicts(), bearer(azp="ois-unknown")) is Reason.OIS_UNKNOWN
    for client in ("sidecar", "provisioning", "ois-", "ois-Big", f"api-{OTHER}-k1", f"api-{SCHOOL}-k2", "central-db"):
        assert judged(verdicts(), bearer(azp=client)) is Reason.CLIENT_UNKNOWN


def test_direct_use_is_off_unless_the_institution_switched_it_on() -> None:
    own = bearer(azp=f"api-{SCHOOL}-k1")
    known = Verdicts()
    known.take_accounts([account(), account(AUTHORITY)])
    known.take_keys([key()])
    assert judged(known, own) is Reason.DIRECT_USE_OFF
    known.take_accounts([account(direct_use=True)])
    allowed = judged(known, own)
    assert isinstance(allowed, Allow)
    assert allowed.rights == own.rights


def test_no_mandate_no_access() -> None:
    known = Verdicts()
    known.take_accounts([account()])
    known.take_keys([key()])
    known.take_ois([ois()])
    assert judged(known) is Reason.MANDATE_MISSING
    known.take_mandates([mandate(OTHER)])
    assert judged(known) is Reason.MANDATE_MISSING


def test_a_withdrawn_mandate_is_over_and_a_new_one_counts_whatever_the_order_of_reading() -> None:
    known = verdicts()
    old = mandate(state=MandateState.WITHDRAWN)
    known.take_mandates([old])
    assert judged(known) is Reason.MANDATE_WITHDRAWN
    for order in ([mandate(number=2), old], [old, mandate(number=2)]):
        known.take_mandates(order)
        assert isinstance(judged(known), Allow)


def test_a_mandate_holds_to_the_end_of_its_last_day_in_kyiv() -> None:
    known = verdicts()
    assert isinstance(judged(known, now=datetime(2026, 12, 31, 21, 59, tzinfo=UTC)), Allow)
    assert judged(known, now=datetime(2026, 12, 31, 22, 0, tzinfo=UTC)) is Reason.MANDATE_EXPIRED
    known.take_mandates([mandate(until=None)])
    assert isinstance(judged(known, now=datetime(2027, 6, 1, tzinfo=UTC)), Allow)


def test_where_bound_tokens_are_required_a_bearer_token_opens_nothing() -> None:
    known, bound = verdicts(), bearer(typ="DPoP", cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})
    assert isinstance(judged(known, bound), Allow)
    known.take_ois([ois(proof_required=True)])
    assert judged(known) is Reason.PROOF_REQUIRED
    assert isinstance(judged(known, bound), Allow)
    known.take_ois([ois()])
    assert isinstance(judged(known), Allow)


def test_what_an_ois_lacks_comes_before_the_kind_of_its_token() -> None:
    known = verdicts()
    known.take_ois([ois(OisState.SUSPENDED, proof_required=True)])
    assert judged(known) is Reason.OIS_SUSPENDED
