"""Tokens that are bound to a key of the OIS (DPoP, RFC 9449): the ledger says whether they are required, and Keycloak
and the gate follow. docs/security.md row 56.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import requests

from provisioning.keycloak.lookups import require_client
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.ois.connection import require_proof
from provisioning.lifecycle.ois.papers import Conclusion, Evidence, conclude, record_evidence
from provisioning.model.annexes import PROOF_OF_POSSESSION, Requirement, TechnicalRequirements
from provisioning.model.ois import ConclusionOutcome, Slug
from provisioning.model.text import Text
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.proofs import Prover
from tests.support.third_party import ThirdParty, claims_of, connected

ATTRIBUTE = "dpop.bound.access.tokens"
KEY = "api-46-0000001-k1"
OWNER = Prover()


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    """An OIS with a mandate. Tests leave it as they found it: with bearer tokens allowed."""
    office.folder.write(school(1))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read"])
    today = office.actor.today()
    grant(office.actor, "46-0000001", "diary", Contract("1", today, today + timedelta(days=30)))
    return party


@pytest.fixture(scope="module")
def subject(office: Office, diary: ThirdParty) -> str:
    return office.access_token(KEY, office.reveal(KEY))


def proof(office: Office, prover: Prover = OWNER, **changed: object) -> str:
    """A proof for the token endpoint."""
    return prover.proof("POST", office.realm.token_address, **changed)  # type: ignore[arg-type]


def granted(answer: requests.Response) -> Any:
    """What the token endpoint gave; fails the test with its words when it gave nothing."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def attribute(office: Office) -> str:
    """What Keycloak has of it."""
    return str(require_client(office.realm.admin, "ois-diary")["attributes"].get(ATTRIBUTE, ""))


def test_where_they_are_optional_a_proof_binds_the_token_and_without_one_it_is_a_bearer_token(
    office: Office, diary: ThirdParty, subject: str
) -> None:
    bound = granted(diary.exchange(subject, proof=proof(office)))
    assert bound["token_type"] == "DPoP"
    claims = claims_of(bound["access_token"])
    assert (claims["typ"], claims["cnf"]["jkt"]) == ("DPoP", OWNER.thumbprint)
    plain = granted(diary.exchange(subject))
    assert plain["token_type"] == "Bearer"
    assert "cnf" not in claims_of(plain["access_token"])


def test_where_they_are_required_nothing_is_given_without_a_proof(
    office: Office, diary: ThirdParty, subject: str
) -> None:
    require_proof(office.actor, "diary", "agreed with the operator", required=True)
    assert attribute(office) == "true"
    assert refusal(diary.exchange(subject)) == (400, "invalid_request")
    assert refusal(diary.own_token()) == (400, "invalid_request")
    assert granted(diary.exchange(subject, proof=proof(office)))["token_type"] == "DPoP"
    assert granted(diary.own_token(proof(office)))["token_type"] == "DPoP"
    require_proof(office.actor, "diary", "its library cannot", required=False)
    assert attribute(office) == ""
    assert granted(diary.exchange(subject))["token_type"] == "Bearer"


def test_the_exchange_refuses_a_proof_that_is_used_stale_or_for_another_address(
    office: Office, diary: ThirdParty, subject: str
) -> None:
    once = proof(office)
    assert granted(diary.exchange(subject, proof=once))["token_type"] == "DPoP"
    stale, future = (proof(office, at=time.time() + off) for off in (-3600, 3600))
    elsewhere = OWNER.proof("POST", "https://elsewhere.example/token")
    signed_by_another = proof(office, Prover(), header={"jwk": OWNER.public})
    for bad in (once, stale, future, elsewhere, signed_by_another, proof(office, header={"typ": "JWT"}), "x.y.z"):
        assert refusal(diary.exchange(subject, proof=bad)) == (400, "invalid_request")


def test_an_api_key_stays_a_bearer(office: Office, diary: ThirdParty, subject: str) -> None:
    """A subject token that somebody bound is refused, with whatever key the proof is made."""
    form = {"grant_type": "client_credentials", "client_id": KEY, "client_secret": office.reveal(KEY).reveal()}
    bound = granted(office.realm.token(proof(office), **form))
    assert bound["token_type"] == "DPoP"
    for prover in (OWNER, Prover()):
        assert refusal(diary.exchange(bound["access_token"], proof=proof(office, prover))) == (400, "invalid_request")


def test_what_somebody_changes_by_hand_is_found_and_brought_back(office: Office, diary: ThirdParty) -> None:
    require_proof(office.actor, "diary", "for this test", required=True)
    client = require_client(office.realm.admin, "ois-diary")
    attributes = {**client["attributes"], ATTRIBUTE: ""}
    office.realm.admin.put(f"/clients/{client['id']}", {**client, "attributes": attributes})
    assert attribute(office) == ""
    found = converge(office.actor).findings
    assert [(finding.subject, finding.wrong) for finding in found] == [("ois-diary", Wrong.OIS_ALTERED)]
    assert attribute(office) == "true"
    assert converge(office.actor).findings == ()
    require_proof(office.actor, "diary", "the test is over", required=False)


def test_a_positive_conclusion_by_requirements_that_want_bound_tokens_makes_them_required(
    office: Office, diary: ThirdParty
) -> None:
    text, today = Text(uk="x", en="x"), office.actor.today()

    def concluded(*items: Requirement) -> bool:
        requirements, end = TechnicalRequirements("2", today, 12, items), today + timedelta(days=300)
        conclusion = Conclusion("№ 2", ConclusionOutcome.POSITIVE, end, requirements)
        return conclude(office.actor, "diary", conclusion).proof_required

    assert not concluded()
    assert not concluded(Requirement(PROOF_OF_POSSESSION, text, text, None, mandatory=False))
    assert not concluded(Requirement("tls", text, text, None, mandatory=False))
    record_evidence(office.actor, "diary", Evidence(PROOF_OF_POSSESSION, "2", passed=True, found={"note": "seen"}))
    assert concluded(Requirement(PROOF_OF_POSSESSION, text, text, None))
    assert attribute(office) == "true"
    require_proof(office.actor, "diary", "the test is over", required=False)
