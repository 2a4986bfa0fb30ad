"""What applicant and administrators do with the OIS `diary` from its agreement on, in browsers without a screen."""

from __future__ import annotations

from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provisioning.lifecycle.proposals import open_proposals
from provisioning.model.events.decisions import OisProposed
from sidecar.onboarding.decisions import NAMED
from tests.support import sidecar_people as people
from tests.support.ois_application import csrf_token, find_met
from tests.support.sidecar_running import Sidecar
from tests.unit.sidecar.applications.test_uploads import PDF

PAGE: Final = {"Accept": "text/html"}
DESK: Final = "/desk/ois/diary"
SECOND: Final = people.person("a.savchuk", *people.ADMINISTRATOR.roles)
"""Another administrator."""


def upload(client: FlaskClient, content: bytes, name: str = "agreement.pdf") -> TestResponse:
    """Send a signed agreement from the applicant's page."""
    path = "/onboarding/application/"
    token = csrf_token(client, path)
    # Encoded by hand: the test client would leave a temporary file open for a large one.
    body = f'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--B\r\n'
    body += f'Content-Disposition: form-data; name="document"; filename="{name}"\r\n\r\n'
    data = body.encode() + content + b"\r\n--B--\r\n"
    kind = "multipart/form-data; boundary=B"
    return client.post(f"{path}agreement", data=data, headers=PAGE, content_type=kind)


def decide(desk: FlaskClient, decision: str, **form: object) -> TestResponse:
    """Send the form as it is meant to be: with the name typed out where it must be, unless the test says otherwise."""
    token, typed = csrf_token(desk, DESK), {f"{decision}-confirmation": "diary"} if decision in NAMED else {}
    return desk.post(f"{DESK}/decide/{decision}", data={"csrf_token": token, **typed, **form}, headers=PAGE)


def with_papers(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient, outcome: str = "positive") -> None:
    """Agreement accepted, requirements met, conclusion issued."""
    assert upload(applicant, PDF).status_code == 303
    assert decide(desk, "accept-agreement", version="1.0").status_code == 303
    find_met(sidecar.ledger)
    assert decide(desk, "conclude", outcome=outcome, until="2027-11-20", reason="Усе гаразд").status_code == 303


def waiting(sidecar: Sidecar) -> int:
    """The number of the one proposal that waits."""
    with sidecar.ledger.reader() as reader:
        (proposal,) = open_proposals(reader, sidecar.clock(), OisProposed)
    return proposal.number


def proposed(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient) -> str:
    """The number of a proposal to connect the OIS, which has both documents."""
    with_papers(sidecar, applicant, desk)
    assert decide(desk, "propose-connection", rights=["students.read"]).status_code == 303
    return str(waiting(sidecar))
